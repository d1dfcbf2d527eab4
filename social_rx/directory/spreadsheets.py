"""Reading the rows of a spreadsheet that a stranger may have made: CSV, Excel, JSON or JSON lines.

What a file holds is decided by its content. A file that cannot be trusted as a whole is refused with InvalidInput; a
single row that cannot be used carries its `problem`.
"""

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from social_rx.directory import strict_json, workbooks
from social_rx.directory.sheets import Layout, Limits, Sheet, rows_under_headings
from social_rx.errors import InvalidInput

BOM = b"\xef\xbb\xbf"
OTHER_ENCODINGS = (b"\xff\xfe", b"\xfe\xff")
DELIMITERS = ",;\t|"
KINDS = {
    ".csv": "CSV",
    ".tsv": "CSV",
    ".txt": "CSV",
    ".xlsx": "Excel",
    ".json": "JSON",
    ".jsonl": "JSON",
    ".ndjson": "JSON",
}
NOT_SPREADSHEETS = {
    b"\xd0\xcf\x11\xe0": "an old Excel file (.xls)",
    b"%PDF": "a PDF",
    b"\x1f\x8b": "compressed (gzip)",
}
SAVE_AS_UTF8 = "Save the file as “CSV UTF-8” and try again."


def read_sheet(path: Path, layout: Layout | None = None, limits: Limits | None = None) -> Sheet:
    """The rows of a file. Raises InvalidInput, in one line that says what to do, when it cannot be read as a whole."""
    layout, limits = layout or Layout(), limits or Limits()
    data = read_bytes(path, limits)
    kind = sniff(data)
    expected = KINDS.get(path.suffix.lower(), kind)
    if kind != expected:
        raise InvalidInput(f"{path.name} is named like {expected} but holds {kind}. Give it the right ending.")
    if kind == "Excel":
        return workbooks.read(data, layout, limits)
    text = decode(data)
    if kind == "JSON":
        return strict_json.read(text, layout, limits)
    return rows_under_headings(_table(text, layout), limits)


def read_bytes(path: Path, limits: Limits) -> bytes:
    """The content of a file that is a plain file of a sensible size."""
    try:
        if not path.is_file():
            raise InvalidInput(f"There is no file called {path.name}.")
        with path.open("rb") as file:
            data = file.read(limits.megabytes * workbooks.MEGABYTE + 1)
    except (OSError, ValueError) as error:
        raise InvalidInput(f"The file {path.name} cannot be opened. Check its name and who may read it.") from error
    if len(data) > limits.megabytes * workbooks.MEGABYTE:
        raise InvalidInput(f"The file is larger than {limits.megabytes} MB. Split it into smaller files.")
    return data


def sniff(data: bytes) -> str:
    """What a file holds, by its content: `Excel`, `JSON` or `CSV`."""
    for magic, what in NOT_SPREADSHEETS.items():
        if data.startswith(magic):
            raise InvalidInput(f"The file is {what}. Choose a CSV, an Excel workbook (.xlsx) or JSON.")
    if data.startswith(workbooks.MAGIC):
        return "Excel"
    return "JSON" if data.removeprefix(BOM).lstrip()[:1] in (b"[", b"{") else "CSV"


def decode(data: bytes) -> str:
    """Text in UTF-8, with or without its mark at the beginning."""
    if data.startswith(OTHER_ENCODINGS):
        raise InvalidInput(f"The file is written in UTF-16. {SAVE_AS_UTF8}")
    if (at := data.find(b"\x00")) >= 0:
        raise InvalidInput(f"Line {_line(data, at)} holds a NUL byte, so this is not a text file. {SAVE_AS_UTF8}")
    try:
        return data.removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        at = error.start + (len(BOM) if data.startswith(BOM) else 0)
        wrong = f"Line {_line(data, at)} holds a letter (byte {at + 1}) that is not UTF-8."
        raise InvalidInput(f"{wrong} {SAVE_AS_UTF8}") from error


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _table(text: str, layout: Layout) -> Iterator[list[str]]:
    delimiter = layout.delimiter or _likely_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):  # noqa: B007 # the number is told when the next row fails
            yield cells
    except csv.Error as error:
        wrong = f"Row {number + 1} (line {reader.line_num}) cannot be read: {error}."
        raise InvalidInput(f"{wrong} Check its quotation marks.") from error


def _likely_delimiter(text: str) -> str:
    heading = text.lstrip().split("\n", 1)[0]
    return max(DELIMITERS, key=heading.count)
