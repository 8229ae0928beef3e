"""Printers at the command line, without the rest of the hall."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from printer import probe
from printer.__main__ import main
from printer.emulator import Emulator, Fault, FaultKind
from printer.profiles import PROFILES, Ack, Profile, Renderer, StatusRoute


def run(*words: str, typed: str = "") -> tuple[int, str]:
    result = CliRunner().invoke(main, words, input=typed)
    return result.exit_code, result.output


def test_a_test_page_is_printed_and_confirmed(emulator: Emulator) -> None:
    code, said = run("test", emulator.address)

    assert code == 0
    assert said.endswith(f"confirmed  ack=process_id  bytes={said.split('bytes=')[1]}")
    assert len(emulator.slips()) == 1


def test_the_state_is_told_in_the_words_of_the_hall(emulator: Emulator) -> None:
    assert run("status", emulator.address)[1].startswith("正常")

    emulator.inject(Fault(kind=FaultKind.PAPER_OUT))

    code, said = run("status", emulator.address)
    assert (code, said[:2]) == (1, "缺纸")
    assert run("status", "tcp://127.0.0.1:1")[0] == 1


def test_probing_finds_the_acknowledgement_and_writes_the_settings(emulator: Emulator) -> None:
    code, said = run("probe", emulator.address, typed="70\ny\ny\ny\n")

    assert code == 0
    assert 'profile = "epson-tm-80"' in said
    assert "options" not in said
    assert len(emulator.slips()) == 1


def test_a_printer_without_process_numbers_is_found_to_answer_barriers() -> None:
    printer = Emulator(port=0, mm_per_second=0, width_dots=384, process_ids=False, status_port=0)
    printer.start()

    code, said = run("probe", printer.address, typed="45\nn\nn\nn\n")
    quiet = run("probe", printer.address, "--no-page", "--native")

    assert code == quiet[0] == 0
    assert "打印完成的依据: barrier" in said
    assert 'charset = "gb2312"' in said
    assert 'profile = "native-80"' in quiet[1]
    printer.stop()


def test_what_was_found_leads_to_the_profile_with_the_fewest_changes() -> None:
    mute = probe.Findings(width_dots=384, cutter=False)
    side = probe.Findings(status=StatusRoute.TCP_4000)

    assert mute.nearest(Renderer.NATIVE) == (PROFILES["rongta-portable-58"], {})
    assert side.nearest() == (PROFILES["network-4000"], {})
    assert probe.Findings(process_id=True, barrier=True).ack is Ack.PROCESS_ID


def test_a_printer_that_is_away_is_said_to_be_away() -> None:
    code, said = run("probe", "tcp://127.0.0.1:1")

    assert code == 1
    assert said.startswith("连不上")


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
def test_every_profile_prints_the_test_page(profile: Profile) -> None:
    wide = Emulator(port=0, mm_per_second=0, width_dots=profile.width_dots, charset="gb18030", status_port=0)
    wide.start()
    address = f"tcp://{wide.host}:{wide.port}?status={wide.status_port}"

    code, said = run("test", address, "--profile", profile.name, "--large")

    assert code == 0, said
    assert wide.under_head() is not None or wide.slips()
    wide.stop()
