"""What reading a spreadsheet gives, whichever kind of file it came from."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from social_rx.errors import InvalidInput
from social_rx.unseen import CONTROL, without_unseen

EXCERPT = 60


@dataclass(frozen=True)
class Limits:
    """How much one file may hold. The defaults are for files that our own people import on the command line."""

    megabytes: int = 50
    rows: int = 200_000
    columns: int = 200
    characters: int = 20_000
    unpacked_megabytes: int = 100


@dataclass(frozen=True)
class Layout:
    """What a file does not say about itself. Nothing given: found out from the file, or its first sheet."""

    delimiter: str | None = None
    sheet: str | None = None
    records: str | None = None


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell, or with a whole row when there is no column."""

    why: str
    column: str = ""
    value: str = ""


@dataclass
class Row:
    """One row as text; `number` is the one that the person sees beside it. `lists` holds JSON's lists of objects."""

    number: int
    cells: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    problem: Problem | None = None


@dataclass
class Sheet:
    columns: frozenset[str]
    rows: Iterable[Row]


def clean(text: str) -> str:
    """The text as a person would have typed it: one way to write each letter, nothing that cannot be seen."""
    if text.isascii() and text.isprintable():
        return text.strip()
    return without_unseen(CONTROL.sub("", unicodedata.normalize("NFC", text).replace("\r\n", "\n"))).strip()


def excerpt(text: str) -> str:
    """As much of a text as fits into one line of a report."""
    text = " ".join(text[:1000].split())
    return text if len(text) <= EXCERPT else text[: EXCERPT - 1] + "…"


def rows_under_headings(table: Iterable[Sequence[str] | Problem], limits: Limits) -> Sheet:
    """The sheet made of a heading row and the rows below it. Rows without any text are passed over."""
    numbered = enumerate(table, start=1)
    for _number, cells in numbered:
        if isinstance(cells, Problem):
            raise InvalidInput(f"The headings cannot be read: {cells.why}")
        if any(map(str.strip, cells)):
            headings = checked_headings(cells, limits)
            return Sheet(frozenset(filter(None, headings)), _rows(numbered, headings, limits))
    raise InvalidInput("The file is empty. Choose a file with column headings in its first row.")


def checked_headings(cells: Sequence[str], limits: Limits) -> list[str]:
    headings = [" ".join(cell.split()) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > limits.columns:
        raise InvalidInput(f"The file has more than {limits.columns} columns. Remove those that are not needed.")
    if twice := sorted({name for name in headings if name and headings.count(name) > 1}):
        raise InvalidInput(f"Two columns are called {excerpt(twice[0])!r}. Give each column its own heading.")
    return headings


def _rows(
    numbered: Iterator[tuple[int, Sequence[str] | Problem]], headings: list[str], limits: Limits
) -> Iterator[Row]:
    for number, cells in numbered:
        if number > limits.rows + 1:
            raise InvalidInput(f"The file has more than {limits.rows:,} rows. Split it into smaller files.")
        if isinstance(cells, Problem):
            yield Row(number, problem=cells)
        elif any(map(str.strip, cells)):
            yield _row(number, cells, headings, limits)


def _row(number: int, cells: Sequence[str], headings: list[str], limits: Limits) -> Row:
    surplus = any(cells[len(headings) :])
    if surplus or len(cells) < len(headings):
        why = f"The row has {len(cells)} cells where the headings have {len(headings)}. Check its quotation marks."
        return Row(number, problem=Problem(why))
    named = {name: clean(cell) for name, cell in zip(headings, cells, strict=False) if name}
    return Row(number, named, problem=too_long(named, limits))


def too_long(cells: dict[str, str], limits: Limits) -> Problem | None:
    for name, text in cells.items():
        if len(text) > limits.characters:
            return Problem(f"The cell has more than {limits.characters:,} characters.", name, excerpt(text))
    return None
