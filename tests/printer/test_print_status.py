"""What a printer says of itself is read byte by byte, whatever comes, in whatever order."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from printer.status import Condition, Sensors, StatusReader, process_request, process_token

PORTIONS = st.lists(st.binary(max_size=7), max_size=60)


def reader_with(data: bytes) -> StatusReader:
    reader = StatusReader()
    reader.feed(data)
    return reader


@given(PORTIONS)
def test_any_bytes_in_any_portions_are_read_alike(portions: list[bytes]) -> None:
    apart = StatusReader()
    for portion in portions:
        apart.feed(portion)

    assert apart == reader_with(b"".join(portions))


@given(st.lists(st.sampled_from(b"\x37\x22\x00\x10\x12\x0fAB12"), max_size=200).map(bytes))
def test_noise_never_reports_a_slip_as_printed(noise: bytes) -> None:
    reader = reader_with(noise)

    assert all(b"\x37\x22" + token + b"\x00" in noise for token in reader.processes)


@given(st.binary(max_size=40))
@example(b'7"')
def test_after_any_noise_a_finished_slip_is_still_heard(noise: bytes) -> None:
    reader = reader_with(noise)
    reader.feed(b"\xff\xff")

    reader.feed(b"\x37\x22AB12\x00")

    assert b"AB12" in reader.processes


@given(PORTIONS)
def test_only_one_question_is_open_and_noise_without_one_changes_no_sensor(portions: list[bytes]) -> None:
    reader = StatusReader()
    for portion in portions:
        reader.feed(bytes(byte & 0xEF | 0x02 for byte in portion))

    assert reader.sensors == Sensors()


def test_a_late_answer_belongs_to_the_question_that_was_asked() -> None:
    reader = StatusReader()
    first = reader.ask()

    repeated = reader.ask()
    reader.feed(b"\x32")

    assert repeated == first == b"\x10\x04\x02"
    assert reader.sensors.paper_out is None
    assert reader.ask() == b"\x10\x04\x04"


def test_an_empty_roll_an_open_lid_and_a_fault_are_told_apart() -> None:
    assert reader_with(b"\x18\x00\x0f\x00").sensors.condition is Condition.WAITING_PAPER
    assert reader_with(b"\x38\x00\x0f\x00").sensors.condition is Condition.WAITING_COVER
    assert reader_with(b"\x18\x20\x00\x00").sensors.condition is Condition.ERROR
    assert reader_with(b"\x18\x00\x00\x00").sensors.condition is Condition.OFFLINE
    assert reader_with(b"\x10\x00\x03\x00").sensors.condition is Condition.READY
    assert reader_with(b"\x10\x00\x03\x00").sensors.near_end


def test_a_barrier_that_says_no_paper_is_no_acknowledgement() -> None:
    assert reader_with(b"\x0c\x0f").barriers == 0
    assert reader_with(b"\x00\x03").barriers == 2


def test_the_bytes_of_an_unsolicited_status_are_not_taken_for_a_barrier() -> None:
    assert reader_with(b"\x10\x00\x00\x00").barriers == 0


def test_every_attempt_has_its_own_number() -> None:
    tokens = {process_token(job, copy) for job in range(5000) for copy in range(4)}

    assert len(tokens) == 20_000
    assert process_request(b"AB12") == b"\x1d(H\x06\x0000AB12"
