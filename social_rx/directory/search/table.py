"""Listings as plain arrays, one row each: what is written to disk, and what a change appends to.

Rows with a single place come first, in spatial order. All others form the tail: those with several places or none,
those that serve named districts, and everything that changed since the index was built.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from social_rx.directory.search.circle import spatial_key
from social_rx.directory.search.documents import Document
from social_rx.directory.search.people import FEMALE, MALE
from social_rx.directory.status import CapacityStatus

Array = np.ndarray[Any, Any]

REMOTE = ("home", "phone", "online")
YES = "yes"
FLAGS: tuple[tuple[str, str], ...] = (
    ("free", YES),
    ("step_free", YES),
    ("referral", YES),
    *(("remote", way) for way in REMOTE),
    *(("day", str(day)) for day in range(7)),
    *(("capacity", status.value) for status in CapacityStatus),
)
BIT = {flag: 1 << number for number, flag in enumerate(FLAGS)}
APPROXIMATE = 1 << len(FLAGS)
FOR_SEX = {FEMALE: 1 << len(FLAGS) + 1, MALE: 1 << len(FLAGS) + 2}
ANY_AGE = 32_767
NEVER = -1
EPOCH = date(1970, 1, 1)
DAY = 24 * 60


def day_number(day: date) -> int:
    return (day - EPOCH).days


@dataclass(frozen=True)
class Table:
    """`sorted` rows lie in spatial order; `codes` holds numbers of `names`, 0 for none; places belong to tail rows.

    Hours are minutes from the beginning of Monday, one line for each time of each row.
    """

    names: tuple[str, ...]
    sorted: int
    ids: Array
    flags: Array
    codes: Array
    minimum_age: Array
    maximum_age: Array
    verified: Array
    lengths: Array
    hour_row: Array
    hour_opens: Array
    hour_closes: Array
    latitude: Array
    longitude: Array
    place_row: Array
    place_latitude: Array
    place_longitude: Array
    outcodes: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        return len(self.ids)


def flags_of(document: Document) -> int:
    said = [("capacity", document.capacity.value), *(("day", str(day)) for day in document.days)]
    said += [("remote", way) for way in document.remote if way in REMOTE]
    for name, true in (("free", document.free), ("step_free", document.step_free), ("referral", document.referable)):
        said += [(name, YES)] if true else []
    bits = sum(BIT[flag] for flag in said) | (APPROXIMATE if document.approximate else 0)
    return bits | FOR_SEX.get(document.sex or "", 0)


def codes_of(document: Document) -> list[str]:
    kinds = (("needs", document.needs), ("supports", document.supports), ("language", document.languages))
    return [f"{kind}:{code}" for kind, codes in kinds for code in codes]


def in_spatial_order(documents: Sequence[Document]) -> tuple[list[Document], int]:
    """The documents in the order of their rows, and how many of them are not in the tail."""
    single = [document for document in documents if len(document.places) == 1 and not document.outcodes]
    tail = [document for document in documents if len(document.places) != 1 or document.outcodes]
    points = np.array([document.places[0] for document in single], np.float64).reshape(-1, 2)
    order = np.argsort(spatial_key(points[:, 0], points[:, 1]), kind="stable")
    return [single[place] for place in order.tolist()] + tail, len(single)


def tabulate(
    documents: Sequence[Document], lengths: Sequence[float], ordered: int, names: Sequence[str] = ("",)
) -> Table:
    """Documents as rows in the order given, of which the first `ordered` are in spatial order."""
    known = {name: number for number, name in enumerate(names)}
    rows = [[known.setdefault(code, len(known)) for code in codes_of(document)] for document in documents]
    width = max(map(len, rows), default=0)
    padded = [row + [0] * (width - len(row)) for row in rows]
    points = np.array([document.places[0] for document in documents[:ordered]], np.float64).reshape(-1, 2)
    places = [(row, *place) for row, document in enumerate(documents[ordered:], ordered) for place in document.places]
    placed = np.array(places, np.float64).reshape(-1, 3)
    hours = [
        (row, day * DAY + start, day * DAY + end) for row, one in enumerate(documents) for day, start, end in one.hours
    ]
    open_in = np.array(hours, np.int32).reshape(-1, 3)
    low = [0 if document.minimum_age is None else document.minimum_age for document in documents]
    high = [ANY_AGE if document.maximum_age is None else document.maximum_age for document in documents]
    seen = [NEVER if document.verified_on is None else day_number(document.verified_on) for document in documents]
    return Table(
        names=tuple(known),
        sorted=ordered,
        ids=np.frombuffer(b"".join(document.id.bytes for document in documents), np.uint8).reshape(-1, 16),
        flags=np.array([flags_of(document) for document in documents], np.uint32),
        codes=np.array(padded, np.int16).reshape(len(documents), width),
        minimum_age=np.clip(np.array(low, np.int64), 0, ANY_AGE).astype(np.int16),
        maximum_age=np.clip(np.array(high, np.int64), 0, ANY_AGE).astype(np.int16),
        verified=np.array(seen, np.int32),
        lengths=np.array(lengths, np.float32),
        hour_row=open_in[:, 0],
        hour_opens=open_in[:, 1],
        hour_closes=open_in[:, 2],
        latitude=points[:, 0],
        longitude=points[:, 1],
        place_row=placed[:, 0].astype(np.int64),
        place_latitude=placed[:, 1],
        place_longitude=placed[:, 2],
        outcodes=tuple(document.outcodes for document in documents[ordered:]),
    )


def appended(base: Table, tail: Table) -> Table:
    """Both tables as one; `tail` was made with the names of `base` and has no rows in spatial order."""
    width = max(base.codes.shape[1], tail.codes.shape[1])
    codes = [np.pad(table.codes, ((0, 0), (0, width - table.codes.shape[1]))) for table in (base, tail)]

    def both(column: str) -> Array:
        return np.concatenate((getattr(base, column), getattr(tail, column)))

    alike = (
        *("ids", "flags", "minimum_age", "maximum_age", "verified", "lengths", "hour_opens", "hour_closes"),
        *("place_latitude", "place_longitude"),
    )
    return Table(
        names=tail.names,
        sorted=base.sorted,
        codes=np.concatenate(codes),
        latitude=base.latitude,
        longitude=base.longitude,
        hour_row=np.concatenate((base.hour_row, tail.hour_row + len(base))),
        place_row=np.concatenate((base.place_row, tail.place_row + len(base))),
        outcodes=base.outcodes + tail.outcodes,
        **{column: both(column) for column in alike},
    )


ARRAYS = tuple(name for name, kind in Table.__annotations__.items() if kind is Array)


def dump(table: Table) -> bytes:
    """The table as bytes that contain nothing but numbers and text: reading them runs no code."""
    file = io.BytesIO()
    texts = {"names": "\n".join(table.names), "outcodes": "\n".join(" ".join(served) for served in table.outcodes)}
    encoded = {name: np.frombuffer(text.encode(), np.uint8) for name, text in texts.items()}
    columns = {name: getattr(table, name) for name in ARRAYS}
    np.savez(file, allow_pickle=False, **encoded, **columns)
    return file.getvalue()


def load(data: bytes) -> Table:
    with np.load(io.BytesIO(data), allow_pickle=False) as kept:
        texts = {name: kept[name].tobytes().decode().split("\n") for name in ("names", "outcodes")}
        columns = {name: kept[name] for name in ARRAYS}
    tail = len(columns["ids"]) - len(columns["latitude"])
    return Table(
        names=tuple(texts["names"]),
        sorted=len(columns["latitude"]),
        outcodes=tuple(tuple(line.split()) for line in texts["outcodes"])[:tail],
        **columns,
    )
