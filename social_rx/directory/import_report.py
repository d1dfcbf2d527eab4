"""What became of each row of an import, for the person who has to put the file right."""

import csv
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from social_rx.directory.sheets import Problem
from social_rx.errors import InvalidInput

REJECTED: Literal["rejected"] = "rejected"
SKIPPED: Literal["skipped"] = "skipped"
WARNING: Literal["warning"] = "warning"
Kind = Literal["rejected", "skipped", "warning"]
FORMULA_SIGNS = ("=", "+", "-", "@")
UNSEEN = {"Cf", "Cc"}  # what a spreadsheet program passes over before it looks for a sign


@dataclass(frozen=True)
class RowError:
    """One line about one row: it was rejected, skipped, or loaded without something (a warning)."""

    row: int
    kind: Kind
    why: str
    column: str = ""
    value_excerpt: str = ""


@dataclass
class ImportResult:
    """What became of the rows that were read; `absent` listings came from earlier files and are not in this one."""

    read: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: int = 0
    absent: int = 0
    warnings: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {name: value for name, value in vars(self).items() if name != "errors"}

    @property
    def reasons(self) -> dict[str, int]:
        """Why rows were rejected or skipped, the most common first."""
        return dict(Counter(error.why for error in self.errors if error.kind != WARNING).most_common())

    def note(self, row: int, kind: Kind, problem: Problem) -> None:
        counter = "warnings" if kind == WARNING else kind
        setattr(self, counter, getattr(self, counter) + 1)
        self.errors.append(RowError(row, kind, problem.why, problem.column, problem.value))


def write_errors(path: Path, errors: list[RowError]) -> None:
    """Write one line for each error, so that opening the file in a spreadsheet program runs nothing.

    Raises InvalidInput when the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file, quoting=csv.QUOTE_ALL)
            writer.writerow(["row", "kind", "column", "value", "why"])
            for error in sorted(errors, key=lambda error: (error.row, error.kind)):
                texts = (error.column, error.value_excerpt, error.why)
                writer.writerow([error.row, error.kind, *map(formula_safe, texts)])
    except OSError as error:
        raise InvalidInput(f"The report cannot be written to {path.name}. Choose another place for it.") from error


def formula_safe(text: str) -> str:
    """The text with an apostrophe before it where a spreadsheet program would take it for a formula."""
    seen = "".join(letter for letter in text if not letter.isspace() and unicodedata.category(letter) not in UNSEEN)
    runs = unicodedata.normalize("NFKC", seen).startswith(FORMULA_SIGNS) or text.startswith(("\t", "\r"))
    return f"'{text}" if runs else text
