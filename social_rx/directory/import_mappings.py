"""Mapping files: what each column of somebody else's spreadsheet means to us.

They are TOML, to be read and changed by whoever looks after an import. Those in `mappings/` come with the program and
show everything that a mapping can say.
"""

import tomllib
from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from social_rx.directory.feeds import Feed, feed_from
from social_rx.directory.keywords import Keywords
from social_rx.directory.opening_times import DAYS, Opening
from social_rx.directory.sheets import Layout, Row
from social_rx.directory.status import ListingStatus, ReferralMode
from social_rx.directory.taxonomies import TABLES, everyday_words
from social_rx.errors import InvalidInput

SHIPPED = Path(__file__).with_name("mappings")
LARGEST = 200_000
FIELDS = {
    "organisation": "name kind description email website phone charity_number company_number ods_code",
    "service": """name summary description email website phone how_to_join who_for not_for minimum_age maximum_age fees
        free remote languages areas""",
    "location": """name description transportation address_1 address_2 city region postcode latitude longitude
        sensitive access""",
}
TOP = {"source", "title", "status", "referral_mode", "format", "identity", "skip", "opening", "needs", "supports"}


@dataclass(frozen=True)
class Skip:
    """Rows to leave out: those whose column is filled, is empty, is one of some texts, or contains one of them."""

    column: str
    why: str
    when: str
    texts: tuple[str, ...] = ()

    def leaves_out(self, row: Row) -> bool:
        text = row.cells.get(self.column, "").casefold()
        match self.when:
            case "filled":
                return bool(text)
            case "empty":
                return not text
            case "is":
                return text in self.texts
            case _:
                return any(words in text for words in self.texts)


@dataclass(frozen=True)
class Coding:
    """Which codes of a taxonomy a row gets: some always, others for the words in some columns."""

    always: tuple[str, ...] = ()
    look_in: tuple[str, ...] = ()
    keywords: Keywords | None = None

    def codes(self, row: Row) -> list[str]:
        found = set(self.always)
        if self.keywords:
            found |= self.keywords.codes_in(" \n ".join(row.cells.get(name, "") for name in self.look_in))
        return sorted(found)


@dataclass(frozen=True)
class Mapping:
    source: str
    title: str
    status: ListingStatus
    referral_mode: ReferralMode
    layout: Layout
    empty: frozenset[str]
    organisation_id: tuple[str, ...]
    service_id: tuple[str, ...]
    skips: tuple[Skip, ...]
    feeds: AnyMapping[str, AnyMapping[str, Feed]]
    opening: Opening
    coding: AnyMapping[str, Coding]

    def columns(self) -> Iterator[str]:
        """Every column that the file must have."""
        yield from (*self.organisation_id, *self.service_id)
        yield from (skip.column for skip in self.skips)
        for feed in (feed for part in self.feeds.values() for feed in part.values()):
            yield from feed.columns()
        yield from (*filter(None, [self.opening.list]), *self.opening.columns.values())
        yield from (name for coding in self.coding.values() for name in coding.look_in)


def shipped() -> dict[str, str]:
    """The mappings that come with the program: name and title."""
    return {path.stem: load_mapping(path.stem).title for path in sorted(SHIPPED.glob("*.toml"))}


def load_mapping(name_or_path: str | Path) -> Mapping:
    """A mapping by the name of one that comes with the program, or by the path of a TOML file."""
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = SHIPPED / f"{path.name}.toml"
    try:
        with path.open("rb") as file:
            written = tomllib.loads(file.read(LARGEST).decode("utf-8"))
    except FileNotFoundError as error:
        known = ", ".join(sorted(found.stem for found in SHIPPED.glob("*.toml")))
        raise InvalidInput(f"There is no mapping {path.stem!r}. Use one of {known}, or the path of a file.") from error
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InvalidInput(f"The mapping {path.name} cannot be read: {error}") from error
    try:
        return mapping_from(written)
    except InvalidInput as error:
        raise InvalidInput(f"The mapping {path.name}: {error.message}") from error


def mapping_from(written: dict[str, Any]) -> Mapping:
    """Check what a mapping file says. Raises InvalidInput naming the place that cannot be understood."""
    _only(written, TOP | set(FIELDS), "the mapping")
    layout, identity = _table(written, "format"), _table(written, "identity")
    _only(layout, {"delimiter", "sheet", "records", "empty"}, "[format]")
    _only(identity, {"organisation", "service"}, "[identity]")
    feeds = {part: _feeds(written, part) for part in FIELDS}
    for part in ("organisation", "service"):
        if "name" not in feeds[part]:
            raise InvalidInput(f"[{part}] needs a name.")
    return Mapping(
        source=_source(written),
        title=_text(written, "title", "the mapping"),
        status=_one_of(ListingStatus, written, "status", ListingStatus.ACTIVE),
        referral_mode=_one_of(ReferralMode, written, "referral_mode", ReferralMode.SIGNPOST_ONLY),
        layout=Layout(**{key: _text(layout, key, "[format]") for key in layout if key != "empty"}),
        empty=frozenset(text.casefold() for text in _texts(layout, "empty", "[format]", ())),
        organisation_id=_texts(identity, "organisation", "[identity]"),
        service_id=_texts(identity, "service", "[identity]"),
        skips=tuple(_skip(one) for one in written.get("skip", [])),
        feeds=feeds,
        opening=_opening(_table(written, "opening")),
        coding={name: _coding(_table(written, name), name) for name in ("needs", "supports")},
    )


def _source(written: dict[str, Any]) -> str:
    source = _text(written, "source", "the mapping")
    if len(source) > 60 or not source.replace("_", "").isalnum():
        raise InvalidInput("source should be at most 60 letters, digits and underscores.")
    return source


def _feeds(written: dict[str, Any], part: str) -> dict[str, Feed]:
    table = _table(written, part)
    _only(table, set(FIELDS[part].split()), f"[{part}]")
    return {name: feed_from(value, f"[{part}] {name}") for name, value in table.items()}


def _skip(written: dict[str, Any]) -> Skip:
    conditions = {"filled", "empty", "is", "contains"} & set(written)
    _only(written, {"column", "why", "filled", "empty", "is", "contains"}, "[[skip]]")
    if len(conditions) != 1:
        raise InvalidInput("[[skip]] needs exactly one of: filled, empty, is, contains.")
    [when] = conditions
    texts = () if when in {"filled", "empty"} else _texts(written, when, "[[skip]]")
    return Skip(
        column=_text(written, "column", "[[skip]]"),
        why=_text(written, "why", "[[skip]]"),
        when=when,
        texts=tuple(text.casefold() for text in texts),
    )


def _opening(written: dict[str, Any]) -> Opening:
    _only(written, {item.name for item in fields(Opening)}, "[opening]")
    columns, words = _table(written, "columns"), _table(written, "words")
    _only(columns, set(DAYS), "[opening] columns")
    closed = _texts(written, "closed", "[opening]", ("closed",))
    return Opening(
        **{key: _text(written, key, "[opening]") for key in written if key in {"list", "day", "opens", "closes"}},
        columns={day: _text(columns, day, "[opening] columns") for day in columns},
        closed=tuple(text.casefold() for text in closed),
        words={text.casefold(): _text(words, text, "[opening.words]") for text in words},
    )


def _coding(written: dict[str, Any], taxonomy: str) -> Coding:
    where = f"[{taxonomy}]"
    _only(written, {"always", "look_in", "everyday_words", "words"}, where)
    words = everyday_words(taxonomy) if written.get("everyday_words", True) is True else {}
    table = _table(written, "words")
    words |= {text: list(_texts(table, text, f"[{taxonomy}.words]")) for text in table}
    always, look_in = (_texts(written, key, where, ()) for key in ("always", "look_in"))
    for code in (*always, *(code for codes in words.values() for code in codes)):
        if code not in TABLES[taxonomy]["terms"]:
            raise InvalidInput(f"{where} names {code!r}, which is not a code of ours.")
    return Coding(always, look_in, Keywords(words) if look_in else None)


def _only(written: dict[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(written) - known):
        raise InvalidInput(f"{where} has {unknown[0]!r}, which means nothing. Use one of: {', '.join(sorted(known))}.")


def _table(written: dict[str, Any], name: str) -> dict[str, Any]:
    table = written.get(name, {})
    if not isinstance(table, dict):
        raise InvalidInput(f"[{name}] should be a table.")
    return table


def _text(written: dict[str, Any], name: str, where: str) -> str:
    text = written.get(name)
    if not isinstance(text, str) or not text:
        raise InvalidInput(f"{where} needs {name}, in quotation marks.")
    return text


def _texts(written: dict[str, Any], name: str, where: str, default: tuple[str, ...] | None = None) -> tuple[str, ...]:
    texts = written.get(name, default)
    if (
        not isinstance(texts, list | tuple)
        or not all(isinstance(text, str) for text in texts)
        or default is texts is None
    ):
        raise InvalidInput(f"{where} needs {name}: a list of texts in quotation marks.")
    if not texts and default is None:
        raise InvalidInput(f"{where} needs at least one text in {name}.")
    return tuple(texts)


def _one_of(choices: Any, written: dict[str, Any], name: str, default: Any) -> Any:
    value = written.get(name, default)
    if value not in list(choices):
        raise InvalidInput(f"{name} should be one of: {', '.join(choices)}.")
    return choices(value)
