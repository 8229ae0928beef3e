"""Where a line of large Chinese may end (requirements U2)."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from kiosk.config import Settings
from kiosk.web.breaking import MOST, parted, phrases


@pytest.mark.parametrize(
    "read",
    [
        "营业执照和|法律援助",
        "残疾人和|退役军人",
        "哪里|没有|做好",
        "请点|一下|您要办的|业务",
        "现在|没有人|排队",
        "非常|不满意",
        "民政|残联|窗口",
        "社会保障卡|申领",
    ],
)
def test_lines_end_between_words_and_small_words_lean_on_their_neighbours(read: str) -> None:
    assert "|".join(phrases(read.replace("|", ""))) == read


def test_every_name_of_the_hall_stays_itself_in_pieces_that_a_line_can_hold(settings: Settings) -> None:
    names = [window.name for window in settings.hall.windows] + [one.name for one in settings.catalogue.matters]

    for name in names:
        pieces = phrases(name)

        assert "".join(pieces) == name
        assert all(0 < len(piece) <= MOST + 2 for piece in pieces), pieces


def test_markup_stays_and_what_is_hostile_is_escaped() -> None:
    shown = parted(Markup('<b title="取号办事">取号办事</b>'))

    assert shown == '<span class="parted"><b title="取号办事">取号<wbr>办事</b></span>'
    assert "<script>" not in parted("<script>取号办事")
