"""Where one field of a listing comes from: a column, several, or a constant, as a mapping file says.

name = "OrganisationName"
name = { column = "title", change = ["title_case"] }
address_1 = { join = ["Address1", "Address2"], with = ", " }
email = { first_of = ["Email", "Other email"] }
kind = { value = "trust" }
description = { parts = ["Summary", { column = "Hours", before = "Open: " }], with = "\\n" }
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from social_rx.directory.sheets import Row
from social_rx.directory.text_changes import CHANGES, yes_no
from social_rx.errors import InvalidInput


@dataclass(frozen=True)
class Feed:
    """One source of text. Of `column`, `first_of`, `join`, `parts` and `value` exactly one is given.

    `only_if` names a column that must say something other than no. `words` replaces one text by another; `before` and
    `after` are put around a text that is not empty, `after` not where the text already holds one of `after_unless`.
    `split` makes several texts of one.
    """

    column: str | None = None
    first_of: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    parts: tuple["Feed", ...] = ()
    value: str | None = None
    joined_with: str = ", "
    only_if: str | None = None
    change: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    before: str = ""
    after: str = ""
    after_unless: tuple[str, ...] = ()
    split: str | None = None

    def text(self, row: Row) -> str:
        if self.only_if is not None and yes_no(row.cells.get(self.only_if, "")) in {"", "no"}:
            return ""
        text = self._found(row)
        for name in self.change:
            text = CHANGES[name](text)
        text = self.words.get(text.strip().casefold(), text).strip()
        if not text:
            return ""
        said = text.casefold()
        after = "" if any(words in said for words in self.after_unless) else self.after
        return f"{self.before}{text}{after}"

    def texts(self, row: Row) -> list[str]:
        text = self.text(row)
        parts = text.split(self.split) if self.split else [text]
        return list(dict.fromkeys(part.strip() for part in parts if part.strip()))

    def _found(self, row: Row) -> str:
        if self.value is not None:
            return self.value
        if self.parts:
            return self.joined_with.join(filter(None, (part.text(row) for part in self.parts)))
        if self.join:
            return self.joined_with.join(filter(None, (row.cells.get(name, "") for name in self.join)))
        names = self.first_of or (self.column or "",)
        return next(filter(None, (row.cells.get(name, "") for name in names)), "")

    def columns(self) -> Iterator[str]:
        """The columns without which this cannot be read."""
        yield from filter(None, (self.column, self.only_if, *self.first_of, *self.join))
        for part in self.parts:
            yield from part.columns()

    def label(self) -> str:
        """The columns as the report of an import names them."""
        return ", ".join(dict.fromkeys(self.columns()))


SOURCES = ("column", "first_of", "join", "parts", "value")
_KEYS = {item.name for item in fields(Feed)} - {"joined_with"} | {"with"}


def feed_from(written: Any, where: str) -> Feed:
    """Read one field of a mapping file. Raises InvalidInput, saying where, when it cannot be understood."""
    if isinstance(written, str):
        return Feed(column=written)
    if not isinstance(written, dict):
        raise InvalidInput(f"{where} should be the name of a column, or a table such as {{ column = “…” }}.")
    if unknown := sorted(set(written) - _KEYS):
        raise InvalidInput(f"{where} has {unknown[0]!r}, which means nothing. Use one of: {', '.join(sorted(_KEYS))}.")
    if sum(name in written for name in SOURCES) != 1:
        raise InvalidInput(f"{where} needs exactly one of: {', '.join(SOURCES)}.")
    if wrong := [name for name in written.get("change", []) if name not in CHANGES]:
        raise InvalidInput(f"{where} names the change {wrong[0]!r}. Use one of: {', '.join(CHANGES)}.")
    given = {("joined_with" if key == "with" else key): _value(key, value, where) for key, value in written.items()}
    return Feed(**given)


def _value(key: str, value: Any, where: str) -> Any:
    if key == "parts" and isinstance(value, list):
        return tuple(feed_from(part, f"{where}, part {number}") for number, part in enumerate(value, start=1))
    texts = isinstance(value, list) and all(isinstance(item, str) for item in value)
    if key in {"first_of", "join", "change", "after_unless"} and texts:
        return tuple(value)
    if key == "words" and isinstance(value, dict) and all(isinstance(text, str) for text in value.values()):
        return {text.casefold(): instead for text, instead in value.items()}
    if key in {"column", "value", "only_if", "before", "after", "split", "with"} and isinstance(value, str) and value:
        return value
    raise InvalidInput(f"{where}: {key!r} cannot be read. See the mappings that come with the program.")
