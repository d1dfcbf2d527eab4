"""Rows from an Excel workbook: values only, and only from one that unpacks to a sensible size."""

import io
import warnings
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from itertools import islice
from typing import Any

import openpyxl  # reads XML through defusedxml, which we require: no entity is ever resolved

from social_rx.directory.sheets import Layout, Limits, Problem, Sheet, excerpt, rows_under_headings
from social_rx.errors import InvalidInput, SocialRxError

MAGIC = b"PK\x03\x04"
MOST_PARTS = 1000
HIGHEST_RATIO = 100
SMALL = 1_000_000
MEGABYTE = 1_000_000
CANNOT_OPEN = "The Excel workbook cannot be opened. Save it again as .xlsx, or as CSV UTF-8."


def read(data: bytes, layout: Layout, limits: Limits) -> Sheet:
    """The rows of one sheet. A row with a formula is a problem: its value would depend on who opens it."""
    refuse_bomb(data, limits)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and drawings, which we do not read
            book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
            sheet = rows_under_headings(_table(_chosen(book, layout), limits), limits)
            return Sheet(sheet.columns, list(sheet.rows))
    except SocialRxError:
        raise
    except Exception as error:  # a made-up workbook makes the parser fail in any way there is
        raise InvalidInput(CANNOT_OPEN) from error


def refuse_bomb(data: bytes, limits: Limits) -> None:
    """Raise InvalidInput for a zip whose own directory says that it unpacks to far more than it should."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError) as error:
        raise InvalidInput(CANNOT_OPEN) from error
    names = {part.filename for part in parts}
    if "[Content_Types].xml" not in names or len(parts) > MOST_PARTS or len(names) < len(parts):
        raise InvalidInput("The file is a zip, but not an Excel workbook. Unpack it and choose the spreadsheet inside.")
    whole = sum(part.file_size for part in parts)
    swollen = any(part.file_size > max(SMALL, HIGHEST_RATIO * part.compress_size) for part in parts)
    if whole > limits.unpacked_megabytes * MEGABYTE or swollen:
        raise InvalidInput("The Excel workbook unpacks to far more than its size. Save the sheet as CSV UTF-8.")


def _chosen(book: Any, layout: Layout) -> Any:
    if layout.sheet is None:
        return book.worksheets[0]
    if layout.sheet not in book.sheetnames:
        raise InvalidInput(f"The workbook has no sheet called {layout.sheet!r}.")
    return book[layout.sheet]


def _table(sheet: Any, limits: Limits) -> Iterator[Sequence[str] | Problem]:
    sheet.reset_dimensions()  # what a sheet says about its own size is not to be trusted
    for row in islice(sheet.iter_rows(max_col=limits.columns + 1), limits.rows + 2):
        yield _cells(row)


def _cells(row: Sequence[Any]) -> list[str] | Problem:
    for cell in row:
        if cell.data_type == "f":
            why = f"Column {cell.column_letter} holds a formula. Paste its value instead."
            return Problem(why, value=excerpt(str(cell.value)))
        if cell.data_type == "e":
            return Problem(f"Column {cell.column_letter} holds an error.", value=excerpt(str(cell.value)))
    return [_text(cell.value) for cell in row]


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case datetime():
            return value.isoformat(sep=" ", timespec="minutes")
        case date():
            return value.isoformat()
        case time():
            return value.isoformat(timespec="minutes")
        case _:
            return str(value)
