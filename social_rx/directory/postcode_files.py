"""Reading files of postcodes: which of the layouts we know it is, and every row that makes sense.

A file is plain, gzipped or a zip of many, and is told apart by what is in it, never by its name. What cannot be what
it says is refused with one line; one row that makes no sense is counted and passed over.
"""

import csv
import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import numpy as np

from social_rx.directory import national_grid, postcodes
from social_rx.errors import InvalidInput

LARGEST = 4_000_000_000  # bytes once unpacked; the ONS directory of 2.7 million rows has 1.3
LARGEST_RATIO = 100  # unpacked to packed; text like this packs about ten to one
LONGEST_LINE = 20_000  # characters
ROWS_AT_ONCE = 50_000
NAMED = 10
NO_POSITION = "90"  # the quality that Ordnance Survey gives a postcode without one
LSOA = re.compile("[A-Z0-9]{1,9}")

HEADERS = {
    "postcode": ("pcds", "pcd", "pcd7", "pcd8", "postcode", "pc"),
    "latitude": ("lat", "latitude"),
    "longitude": ("long", "lon", "lng", "longitude"),
    "easting": ("ea", "eastings", "easting"),
    "northing": ("no", "northings", "northing"),
    "quality": ("pq", "positional_quality_indicator", "positional_quality"),
    "lsoa": ("lsoa11", "lsoa11cd"),  # of 2011 only: the index of deprivation of 2019 is kept by these
    "terminated": ("doterm",),
}
UNKNOWN = (
    "This is not a file of postcodes that we can read. Give Code-Point Open, the ONS Postcode Directory, "
    "or a CSV file whose first line names the columns postcode, lat and lon."
)

ROW = np.dtype([("key", "S7"), ("latitude", "f8"), ("longitude", "f8"), ("lsoa", "S9"), ("terminated", "?")])


class Rows(NamedTuple):
    """Every postcode once, in order, with its point; and how many rows made no sense, the first of them named."""

    postcodes: np.ndarray
    rejected: int
    first_rejected: list[str]


class Layout(NamedTuple):
    """In which column each thing is found; `on_grid` when points are eastings and northings."""

    key: int
    x: int
    y: int
    on_grid: bool
    quality: int | None = None
    lsoa: int | None = None
    terminated: int | None = None
    has_header: bool = True


def layout_of(first: list[str]) -> Layout | None:
    """The layout whose header this first row is, or whose shape it has; None when it is none of ours."""
    names = [cell.strip().lower() for cell in first]
    at = {what: next((names.index(name) for name in known if name in names), None) for what, known in HEADERS.items()}
    key, latitude, longitude, easting, northing = (at[what] for what in list(HEADERS)[:5])
    if key is not None and latitude is not None and longitude is not None:
        return Layout(key, latitude, longitude, on_grid=False, lsoa=at["lsoa"], terminated=at["terminated"])
    if key is not None and easting is not None and northing is not None:
        return Layout(key, easting, northing, on_grid=True, quality=at["quality"], lsoa=at["lsoa"])
    if len(first) >= 4 and postcodes.key_of(first[0]) and all(cell.isdecimal() for cell in first[1:4]):
        return Layout(key=0, x=2, y=3, on_grid=True, quality=1, has_header=False)  # Code-Point Open
    return None


class _Meter:
    """How many more bytes may come out of a file before it is no honest one of its size."""

    def __init__(self, packed: int):
        self.left = min(LARGEST, max(10_000_000, LARGEST_RATIO * packed))

    def count(self, data: bytes) -> bytes:
        self.left -= len(data)
        if self.left < 0:
            raise InvalidInput("This file unpacks to more than any file of postcodes. Nothing was loaded.")
        return data


class _Metered(io.RawIOBase):
    """Passes on what it reads, counted."""

    def __init__(self, source: IO[bytes], meter: _Meter):
        self.source, self.meter = source, meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self.meter.count(self.source.read(len(buffer)))
        buffer[: len(data)] = data
        return len(data)


def _lines(source: IO[bytes], meter: _Meter) -> Iterator[str]:
    buffered = io.BufferedReader(_Metered(source, meter), 1 << 16)
    text = io.TextIOWrapper(buffered, encoding="utf-8-sig", newline="")
    while line := text.readline(LONGEST_LINE):
        if len(line) >= LONGEST_LINE:
            raise InvalidInput("A line of this file is too long for a row of postcodes. Nothing was loaded.")
        yield line


def _parts(file: IO[bytes]) -> Iterator[tuple[str, IO[bytes]]]:
    """The file itself, what its gzip holds, or each CSV file of its zip: a name to point at, and the bytes."""
    start = file.read(4)
    file.seek(0)
    if start[:2] == b"\x1f\x8b":
        with gzip.open(file) as unpacked:
            yield "", cast(IO[bytes], unpacked)
    elif start == b"PK\x03\x04":
        with zipfile.ZipFile(file) as archive:
            yield from _members(archive)
    else:
        yield "", file


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, IO[bytes]]]:
    names = [name for name in archive.namelist() if name.lower().endswith(".csv")]
    # The ONS Postcode Directory holds every row a second time, one file for each postcode area.
    for name in [name for name in names if "/multi_csv/" not in name.lower()] or names:
        try:
            member = archive.open(name)
        except (NotImplementedError, RuntimeError) as error:  # an unknown compression; a password
            raise InvalidInput("This zip file cannot be opened. Unpack it and give the CSV file.") from error
        with member:
            yield f"{Path(name).name} ", member


def read_rows(path: Path, report: Callable[[int], None]) -> Rows:
    """All that the file holds. `report` is told how many rows have been read so far.

    Raises InvalidInput, in one line, when the file is not one of postcodes, or is damaged or a trap.
    """
    if not path.is_file():  # a pipe would keep us waiting
        raise InvalidInput("The file cannot be opened. Give a file of postcodes that is saved on this machine.")
    reading = _Reading(report)
    try:
        with path.open("rb") as file:
            meter = _Meter(packed=path.stat().st_size)
            for name, source in _parts(file):
                reading.add(name, csv.reader(_lines(source, meter)))
    except UnicodeDecodeError as error:
        raise InvalidInput("This file is not UTF-8 text. Save it as CSV in UTF-8 and try again.") from error
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile) as error:
        raise InvalidInput("This file is damaged or cut short. Fetch it again.") from error
    except csv.Error as error:
        raise InvalidInput(UNKNOWN) from error
    except OSError as error:
        raise InvalidInput(f"The file cannot be opened: {error.strerror or 'it cannot be read'}.") from error
    return reading.result()


class _Reading:
    """What has been read so far, over all parts of a file."""

    def __init__(self, report: Callable[[int], None]):
        self.report = report
        self.batches: list[np.ndarray] = []
        self.seen = self.rejected = 0
        self.first_rejected: list[str] = []
        self.known = False

    def add(self, name: str, rows: Iterator[list[str]]) -> None:
        """Read one part; a part of an archive in none of our layouts is a document beside the data."""
        first = next(rows, [])
        layout = layout_of(first)
        if layout is None:
            return
        self.known = True
        batch: list[tuple] = []
        data = rows if layout.has_header else chain([first], rows)
        for number, cells in enumerate(data, start=2 if layout.has_header else 1):
            if cells:
                self._take(f"{name}row {number}", cells, layout, batch)
            if len(batch) == ROWS_AT_ONCE:
                self._settle(batch, layout)
                batch = []
        self._settle(batch, layout)

    def _take(self, place: str, cells: list[str], layout: Layout, batch: list[tuple]) -> None:
        self.seen += 1
        try:
            batch.append(_row(cells, layout))
        except (ValueError, IndexError) as error:
            self.rejected += 1
            if len(self.first_rejected) < NAMED:
                why = error.args[0] if isinstance(error, _Rejected) else "cannot be read"
                self.first_rejected.append(f"{place}: {why}")

    def _settle(self, batch: list[tuple], layout: Layout) -> None:
        rows = np.array(batch, dtype=ROW)
        if layout.on_grid:
            rows["latitude"], rows["longitude"] = national_grid.to_wgs84(rows["latitude"], rows["longitude"])
        rows["latitude"], rows["longitude"] = rows["latitude"].round(6), rows["longitude"].round(6)
        self.batches.append(rows)
        self.report(self.seen)

    def result(self) -> Rows:
        if not self.known:
            raise InvalidInput(UNKNOWN)
        rows = np.concatenate(self.batches)
        if self.rejected > len(rows):
            example = f" {self.first_rejected[0]}." if self.first_rejected else ""
            raise InvalidInput(f"{self.rejected} of {self.seen} rows make no sense, so nothing was loaded.{example}")
        _, last = np.unique(rows["key"][::-1], return_index=True)
        return Rows(rows[len(rows) - 1 - last], self.rejected, self.first_rejected)


class _Rejected(ValueError):
    """A row that can be read and is of no use."""


def _row(cells: list[str], layout: Layout) -> tuple:
    key = cells[layout.key].replace(" ", "").upper()
    if not postcodes.KEY.fullmatch(key):
        raise _Rejected("not a postcode")
    x, y = float(cells[layout.x] or "nan"), float(cells[layout.y] or "nan")
    if layout.on_grid:
        unplaced = layout.quality is not None and cells[layout.quality] == NO_POSITION
        if unplaced or not (0 < x < 700_000 and 0 < y < 1_300_000):
            raise _Rejected("no position")
    elif not postcodes.in_these_islands(x, y):
        raise _Rejected("no position")
    lsoa = cells[layout.lsoa] if layout.lsoa is not None else ""
    return (
        key,
        x,
        y,
        lsoa if LSOA.fullmatch(lsoa) else "",
        layout.terminated is not None and bool(cells[layout.terminated].strip()),
    )
