"""What each audience sees: turns the store's views into boards, partials and announcements, the same for every push."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from flask import g, render_template

from display.announcements import Call, Wording, announcement
from display.board import Board, CallLine, Notice, Panel, WaitLine, WindowLine, WindowState
from display.voice import recordings
from display.web import render, shipped_clip
from display.window import Clerk, WindowBoard
from kiosk.domain.errors import HallError
from kiosk.domain.events import Event, Name
from kiosk.domain.hall import Hall
from kiosk.domain.people import Staff
from kiosk.domain.screens import Screen, WindowScreens
from kiosk.domain.tickets import State as TicketState
from kiosk.operations.hall import Context
from kiosk.push import Audience, State
from kiosk.store import queries, records, screens
from kiosk.store.database import Connection
from kiosk.web import console, office
from kiosk.web.office import Devices, office_view
from printer import spool

Draw = Callable[[str, Connection], State]


@dataclass(frozen=True, kw_only=True)
class _Moment:
    """The hall at one moment, with what only screens show."""

    hall: queries.HallView
    soon: tuple[str, ...]
    notices: tuple[Notice, ...]


class Boards:
    """The hall's screens as values of the display package."""

    def __init__(self, context: Context, photos: Callable[[str], Path | None] = lambda _: None) -> None:
        self._context, self._photos = context, photos
        self._latest: tuple[tuple[int, datetime], _Moment] | None = None
        self._screens = {screen.id: screen for screen in context.hall.screens}

    @cached_property
    def _words(self) -> Mapping[str, str]:
        return self._context.phrases.group("display")

    @cached_property
    def _hours(self) -> str:
        spans = dict.fromkeys(f"{p.opens:%H:%M}–{p.closes:%H:%M}" for p in self._context.hall.hours)
        return "　".join(spans)

    def _now(self) -> _Moment:
        """The hall now; screens that ask within one second and one event share one look at it."""
        at = self._context.clock()
        with self._context.database.read() as db:
            key = (records.last_seq(db), at.replace(microsecond=0))
            latest = self._latest
            if latest is not None and latest[0] == key:
                return latest[1]
            hall = self._context.hall
            view = queries.hall_view(db, hall, at, seq=key[0])
            at_work = (line.window for line in view.windows if line.staff and not line.pause)
            moment = _Moment(
                hall=view,
                soon=screens.soon(db, hall, at_work, at),
                notices=tuple(_notice(hall, notice) for notice in screens.notices(db, at)),
            )
        self._latest = (key, moment)
        return moment

    def board(self, screen_id: str) -> Board | None:
        """The board of a screen now; None for a screen the hall does not have."""
        if screen_id not in self._screens:
            return None
        hall, now = self._context.hall, self._now()
        view = now.hall
        screen = self._screens[screen_id]
        shown = {line.window.number for line in view.windows} & set(screen.windows or map(_number, view.windows))
        return Board(
            seq=view.seq,
            hall=hall.name,
            screen=screen.id,
            at=view.at,
            words=self._words,
            windows=tuple(_window(line) for line in view.windows if line.window.number in shown),
            calls=tuple(
                _call(line, hall.service_or_gone(line.ticket.service, line.ticket.prefix).name)
                for line in view.calls
                if line.window.number in shown
            ),
            waits=tuple(
                WaitLine(
                    service=line.service.name,
                    prefix=line.service.prefix,
                    waiting=line.waiting,
                    minutes=self._minutes(line.service.id) if line.waiting else None,
                )
                for line in view.services
            ),
            soon=now.soon,
            missed=tuple(ticket.code for ticket in view.missed),
            open=view.open,
            notices=now.notices,
            hours=self._hours,
            phone=hall.complaint_phone,
            panel=_panel(screen, voice=screen.voice),
        )

    def _minutes(self, service: str) -> tuple[int, int] | None:
        promise = self._context.waits().newcomers.get(service)
        return (promise.told.low, promise.told.high) if promise else None

    def window(self, number: int) -> WindowBoard | None:
        """The small screen above a window now; None for a window the hall does not have."""
        hall, view = self._context.hall, self._now().hall
        line = next((line for line in view.windows if line.window.number == number), None)
        if line is None:
            return None
        sign = _window(line)
        return WindowBoard(
            seq=view.seq,
            hall=hall.name,
            number=number,
            name=sign.name,
            state=sign.state,
            at=view.at,
            ticket=sign.ticket,
            services=tuple(hall.service(service).name for service in line.window.services),
            clerk=self._clerk(line.staff) if line.staff else None,
            words=self._words,
            panel=_panel(hall.window_screens, voice=False),
        )

    def _clerk(self, person: Staff) -> Clerk:
        sign = self._context.hall.sign(person.login)
        photo = f"/display/photos/{sign.photo}" if self._photos(sign.photo) else ""
        return Clerk(name=person.name, post=sign.post, badge=sign.badge, photo=photo)

    def view(self, room: str) -> Board | WindowBoard | None:
        """What a screen shows, by its room: a screen's id, or `window-<number>`."""
        number = room.removeprefix("window-")
        return self.window(int(number)) if number != room and number.isdecimal() else self.board(room)

    def state(self, room: str) -> State | None:
        """The picture of a screen now."""
        view = self.view(room)
        return State(seq=view.seq, html=render(view)) if view else None


def _number(line: queries.WindowLine) -> int:
    return line.window.number


def _panel(screen: Screen | WindowScreens, *, voice: bool) -> Panel:
    return Panel(px_per_mm=screen.panel.px_per_mm, distance_m=screen.distance_m, voice=voice, theme=screen.theme.value)


def _notice(hall: Hall, notice: screens.Notice) -> Notice:
    return Notice(text=notice.text, until=hall.local(notice.until))


def _window(line: queries.WindowLine) -> WindowLine:
    if line.ticket:
        state = WindowState.CALLED if line.ticket.state is TicketState.CALLED else WindowState.SERVING
    elif line.pause:
        state = WindowState.PAUSED
    else:
        state = WindowState.IDLE if line.staff else WindowState.CLOSED
    return WindowLine(
        number=line.window.number,
        name=line.window.name,
        direction=line.window.direction,
        services=line.window.services,
        state=state,
        ticket=line.ticket.code if line.ticket else None,
    )


def _call(line: queries.CallLine, service: str) -> CallLine:
    return CallLine(
        seq=line.seq,
        ticket=line.ticket.code,
        window=line.window.number,
        window_name=line.window.name,
        direction=line.window.direction,
        service=service,
        at=line.at,
        count=line.ticket.calls,
    )


def clip_finder(voice: Path) -> Callable[[str], Path | None]:
    """Where a clip is: the hall's own recording in `config/voice/` first, then the shipped one."""
    own = recordings(voice)
    return lambda name: own.get(name) or shipped_clip(name)


def photo_finder(hall: Hall, photos: Path) -> Callable[[str], Path | None]:
    """Where the photo of a clerk's sign is, by its file name; None for one that no sign names or that is not there."""
    known = {sign.photo: photos / sign.photo for sign in hall.signs if sign.photo and (photos / sign.photo).is_file()}
    return known.get


def announcer(context: Context, clips: Callable[[str], Path | None]) -> Callable[[Event], Mapping[str, object] | None]:
    """Puts a call into words and clips, by `voice.*` of the phrases; None in the hours when the hall is silent."""
    say = context.phrases.say
    repeats = int(say("voice.repeats"))

    def phrase(language: str, *, again: bool) -> str:
        return say("voice.recall", language) if again else say("voice.call", language)

    def announce(event: Event) -> Mapping[str, object] | None:
        with context.database.glance() as db:
            ticket = records.ticket_by_id(db, int(event.subject.removeprefix("ticket:")))
        voice = context.hall.voice
        loudness = voice.loudness(context.hall.local(event.at).time())
        if not loudness:
            return None
        again = event.name is Name.TICKET_RECALLED
        call = Call(seq=event.seq, ticket=ticket.code, window=int(str(event.data["window"])))
        wording = Wording(
            text=phrase("zh", again=again),
            repeats=repeats,
            volume=loudness,
            english=phrase("en", again=again) if voice.speaks_english(ticket.language) else "",
        )
        return asdict(announcement(call, wording, lambda name: clips(name) is not None))

    return announce


class _Pages:
    """Draws the partials of the pages that watch the hall; each needs the store's view of one moment."""

    def __init__(self, context: Context, devices: Devices) -> None:
        self._context, self._hall, self._devices = context, context.hall, devices

    def office(self, _room: str, _db: Connection) -> State:
        view = office_view(self._context, self._devices)
        return _drawn("office/_office.html", view.seq, view=view)

    def services(self, room: str, db: Connection) -> State:
        view = queries.hall_view(db, self._hall, self._context.clock())
        return _drawn("touch/_services.html", view.seq, language=room.partition(":")[2] or "zh", view=view)

    def taken(self, room: str, db: Connection) -> State:
        view = self._ticket(room, db)
        job = spool.latest(db, view.ticket.subject)
        return _drawn("touch/_taken.html", view.seq, language=view.ticket.language, view=view, job=job)

    def pad(self, room: str, db: Connection) -> State:
        view = queries.pad_view(db, self._hall, int(room), self._context.clock())
        return _drawn("touch/_pad.html", view.seq, language=view.language, view=view)

    def console(self, room: str, db: Connection) -> State:
        view = queries.console_view(db, self._hall, int(room), self._context.clock())
        return _drawn("console/_console.html", view.seq, view=view)

    def _ticket(self, token: str, db: Connection) -> queries.TicketView:
        return queries.ticket_view(db, self._hall, records.ticket_by_token(db, token), self._context.clock())

    def is_ticket(self, room: str) -> bool:
        """Whether a room is the token of a ticket."""
        try:
            with self._context.database.read() as db:
                return bool(records.ticket_by_token(db, room))
        except HallError:
            return False

    def is_window(self, room: str) -> bool:
        """Whether a room is the number of a window."""
        return room in {str(window.number) for window in self._hall.windows}


def _drawn(template: str, seq: int, *, language: str = "zh", **values: object) -> State:
    g.language = language
    return State(seq=seq, html=render_template(template, **values))


def audiences(context: Context, boards: Boards, devices: Devices) -> tuple[Audience, ...]:
    """Every namespace with who is admitted and what is drawn; the hall's screens come first, for they speak."""
    pages = _Pages(context, devices)

    def page(namespace: str, admits: Callable[[str], bool], draw: Draw, *, staff: bool = False) -> Audience:
        def picture(room: str) -> State | None:
            try:
                with context.database.read() as db:
                    return draw(room, db)
            except HallError:
                return None  # the ticket or window is not there any more: nothing to show

        return Audience(namespace=namespace, admits=admits, draw=picture, staff=staff)

    return (
        Audience(
            namespace="/display", admits=lambda room: boards.view(room) is not None, draw=boards.state, plain=True
        ),
        page("/pad", pages.is_window, pages.pad),
        page("/console", console.may_watch, pages.console, staff=True),
        page("/office", office.may_watch, pages.office, staff=True),
        page("/touch", lambda room: room in {"services", "services:en"}, pages.services),
        page("/taken", pages.is_ticket, pages.taken),
    )
