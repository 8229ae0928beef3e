"""Tables that leave the hall as files: every text stays text, whatever a citizen wrote into it."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO, StringIO
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Response

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT_ONLY = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
"""A cell that begins with = + - @ is what somebody typed, never a command (OWASP: CSV injection)."""
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
"""What a spreadsheet could take for a formula, also behind blanks, also in full width."""
WIDEST = 60


def workbook(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook with one sheet: bold headings that stay in view, then the rows; None leaves a cell empty."""
    import xlsxwriter  # noqa: PLC0415 — 2 MB that a hall needs on the days somebody exports

    kept = BytesIO()
    with xlsxwriter.Workbook(kept, TEXT_ONLY) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True, "border": 1})
        forms = {
            quoted: book.add_format({"text_wrap": True, "valign": "top", "quote_prefix": quoted})
            for quoted in (True, False)
        }
        widths = [len(name) * 2 for name in columns]
        for column, name in enumerate(columns):
            sheet.write_string(0, column, name, bold)
        for line, row in enumerate(rows, start=1):
            for column, value in enumerate(row):
                widths[column] = max(widths[column], min(WIDEST, 2 * len(str(value or ""))))
                _write(sheet, line, column, value, forms)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width + 2)
        sheet.freeze_panes(1, 0)
    return kept.getvalue()


def _write(sheet: Worksheet, line: int, column: int, value: object, forms: Mapping[bool, object]) -> None:
    if isinstance(value, bool) or value is None:
        sheet.write_string(line, column, "" if value is None else str(value))
    elif isinstance(value, int | float):
        sheet.write_number(line, column, value)
    elif isinstance(value, datetime):
        sheet.write_string(line, column, f"{value:%Y-%m-%d %H:%M}")
    elif isinstance(value, date):
        sheet.write_string(line, column, value.isoformat())
    else:
        text = _shown(str(value))
        sheet.write_string(line, column, text, forms[bool(FORMULA.match(text))])


CSV = "text/csv"


def csv_table(columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> str:
    """A table as CSV for spreadsheets (UTF-8 with its mark); None is empty, and no cell is taken for a formula."""
    kept = StringIO()
    writer = csv.DictWriter(kept, columns, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows({name: _plain(value) for name, value in row.items()} for row in rows)
    return "\ufeff" + kept.getvalue()


def _plain(value: object) -> object:
    """A cell that no spreadsheet runs: what looks like a formula is led by an apostrophe, control signs are gone."""
    if not isinstance(value, str):
        return value
    text = _shown(value)
    return f"'{text}" if FORMULA.match(text) else text


def _shown(text: str) -> str:
    return "".join(sign for sign in text if sign.isprintable())


def saved_as(name: str, body: str, mimetype: str) -> Response:
    """A text to save under a name."""
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}", "Cache-Control": "no-store"}
    return Response(body, mimetype=mimetype, headers=headers)


def download(title: str, day: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """An Excel file to save, named by its title and day."""
    name = quote(f"{title}-{day}.xlsx")
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Cache-Control": "no-store"}
    return Response(workbook(title, columns, rows), mimetype=EXCEL, headers=headers)
