"""The test page: whether a printer writes what the hall prints."""

from __future__ import annotations

from datetime import datetime

from kiosk.domain.hall import Hall
from kiosk.domain.phrases import Phrases
from printer.documents import Checklist, ChecklistItem, Columns, Document, Qr, Rule, Text, Title


def test_page(hall: Hall, phrases: Phrases, *, printer: str, at: datetime) -> Document:
    """A page that shows whether a printer writes Chinese, rare names, punctuation, columns and QR codes well."""
    return Document(
        title=phrases.say("test_page.title"),
        blocks=(
            Title(text=phrases.say("test_page.title"), size=2),
            Text(text=hall.name, align="center"),
            Rule(),
            Title(text="A088", size=3),
            Text(text="，。、；：？！“”（）《》￥℃①□√ ABC abc 0123456789"),
            Text(text=phrases.say("test_page.rare", names="䶮 㛃 𬭎 囍 堃 喆")),
            Columns(cells=(phrases.say("test_page.printer"), printer)),
            Columns(cells=(phrases.say("test_page.time"), f"{hall.local(at):%Y-%m-%d %H:%M:%S}")),
            Checklist(items=(ChecklistItem(text=phrases.say("test_page.item"), right="1"),)),
            Qr(data=hall.code, caption=hall.code),
            Text(text=phrases.say("test_page.good"), align="center"),
        ),
    )
