"""Every refusal the hall can speak, each with a stable code that programs and phrases rely on.

HallError               500  unexpected
├── NotFound            404  unknown_service, unknown_window, unknown_ticket, unknown_matter, unknown_staff,
│                            unknown_page, unknown_printer, unknown_job, unknown_priority, unknown_appointment,
│                            unknown_case, unknown_notice
├── Forbidden           403  not_allowed, not_your_window, sign_in_refused, locked_out, not_your_case,
│                            unknown_device
│   └── SignInNeeded    401  sign_in_needed
├── BadInput            400  bad_input, bad_level, bad_password, bad_request, foreign_page, reason_needed, bad_log,
│                            bad_ground, write_it_down, answer_in_writing, bad_identity, office_needed, bad_notice,
│                            bad_time, bad_reason, bad_situation, nothing_ticked, bad_backup, other_hall,
│                            window_needed, days_reversed
└── Conflict            409  hall_closed, illegal_move, nobody_waiting, window_busy, window_taken, no_ticket_at_window,
                             already_rated, not_ratable, already_exists, no_window, queue_full, too_late, hall_in_use,
                             too_soon, service_locked, quota_reached, other_window, same_window, first_already,
                             number_void, returned_enough, returned_late, too_early, too_late_for_appointment,
                             outside_hours, window_paused, nobody_on_duty, illegal_case_move, extended_too_late,
                             already_reviewed, rated_just_now, stage_missing, stage_passed, too_many_tries, too_fast,
                             view_missing, clock_right, clock_unlikely, visits_open

StorageTrouble          503  storage_trouble (kiosk.store.database)

The words a person reads are in `config/phrases.toml` under `error.<code>`; the English text here is for logs.
"""

from __future__ import annotations


class HallError(Exception):
    """A refusal: nothing was changed; `code` is stable and `values` fill the phrase shown to the user."""

    status = 500

    def __init__(self, code: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.values = values


class NotFound(HallError):
    """Something was named that the hall does not have."""

    status = 404


class Forbidden(HallError):
    """The person is known well enough to be told no."""

    status = 403


class SignInNeeded(Forbidden):
    """Nobody is signed in, or the sign-in has run out."""

    status = 401


class BadInput(HallError):
    """What was sent cannot be meant; nothing is lost, the sender corrects it."""

    status = 400


class Conflict(HallError):
    """The wish is understood, but the present state of the hall forbids it."""

    status = 409
