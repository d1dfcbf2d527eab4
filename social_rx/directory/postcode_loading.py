"""Filling the postcode tables from a file, in one transaction, and working out the middle of each district."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sqlalchemy import Connection, bindparam, text

from social_rx import clock
from social_rx.db import UtcDateTime, db, transactional
from social_rx.directory.postcode_files import ROWS_AT_ONCE, read_rows

# The same statements run on both databases: rows first go to a table of this connection's own, the quickest way that
# each database has, and from there to where they belong. A row that is there already, unchanged, is not written.
STAGE = """CREATE TEMPORARY TABLE loaded_postcodes (
    postcode varchar(7), latitude double precision, longitude double precision, lsoa varchar(9), terminated boolean)"""
COPY_STAGE = "COPY loaded_postcodes (postcode, latitude, longitude, lsoa, terminated) FROM STDIN"
NULL = r"\N"
FILL_STAGE = "INSERT INTO loaded_postcodes VALUES (?, ?, ?, nullif(?, ''), ?)"
KEEP_LIVE = """INSERT INTO postcodes (postcode, latitude, longitude, lsoa)
    SELECT postcode, latitude, longitude, lsoa FROM loaded_postcodes WHERE NOT terminated
    ON CONFLICT (postcode) DO UPDATE SET
        latitude = excluded.latitude,
        longitude = excluded.longitude,
        lsoa = coalesce(excluded.lsoa, postcodes.lsoa)
    WHERE postcodes.latitude <> excluded.latitude OR postcodes.longitude <> excluded.longitude
        OR coalesce(excluded.lsoa, postcodes.lsoa, '') <> coalesce(postcodes.lsoa, '')"""
KEEP_TERMINATED = """INSERT INTO geocodes (postcode, latitude, longitude, terminated, at)
    SELECT postcode, latitude, longitude, terminated, :at FROM loaded_postcodes WHERE terminated
    ON CONFLICT (postcode) DO UPDATE SET
        latitude = excluded.latitude, longitude = excluded.longitude, terminated = excluded.terminated, at = excluded.at
    WHERE geocodes.latitude IS NULL
        OR geocodes.latitude <> excluded.latitude OR geocodes.longitude <> excluded.longitude"""
MIDDLES = """INSERT INTO outcodes (outcode, latitude, longitude, postcodes)
    SELECT substr(postcode, 1, length(postcode) - 3), avg(latitude), avg(longitude), count(*)
    FROM postcodes GROUP BY substr(postcode, 1, length(postcode) - 3)"""


@dataclass(frozen=True)
class Loaded:
    """How many postcodes a file gave, how many rows made no sense (the first ten named), and the seconds it took."""

    count: int
    rejected: int
    seconds: float
    first_rejected: list[str]


def _nobody(_: int) -> None:
    """For a caller who does not watch the progress."""


def load_postcodes(path: str | Path, report: Callable[[int], None] = _nobody) -> Loaded:
    """Take in Code-Point Open, the ONS Postcode Directory or a CSV file of postcode, lat and lon.

    What is already held of the same postcodes is replaced. Postcodes no longer in use are kept apart, so that an old
    address can still be found. `report` is told how many rows have been read so far.
    Raises InvalidInput in one line when the file cannot be what it says; then nothing changes.
    """
    start = time.monotonic()
    rows = read_rows(Path(path), report)
    _store(rows.postcodes)
    return Loaded(len(rows.postcodes), rows.rejected, time.monotonic() - start, rows.first_rejected)


@transactional
def _store(rows: np.ndarray) -> None:
    connection = db.session.connection()
    connection.execute(text(STAGE))
    stage = _copy if connection.dialect.name == "postgresql" else _insert
    stage(connection, rows)
    connection.execute(text(KEEP_LIVE))
    connection.execute(text(KEEP_TERMINATED).bindparams(bindparam("at", clock.now(), UtcDateTime())))
    connection.execute(text("DROP TABLE loaded_postcodes"))
    connection.execute(text("DELETE FROM outcodes"))
    connection.execute(text(MIDDLES))


def _insert(connection: Connection, rows: np.ndarray) -> None:
    for batch in _batches(rows):
        connection.exec_driver_sql(FILL_STAGE, batch)


def _copy(connection: Connection, rows: np.ndarray) -> None:
    driver = connection.connection.driver_connection
    assert driver is not None  # a connection inside a transaction has one
    with driver.cursor() as cursor, cursor.copy(COPY_STAGE) as copy:
        for batch in _batches(rows):
            lines = (f"{key}\t{lat}\t{lon}\t{lsoa or NULL}\t{gone}\n" for key, lat, lon, lsoa, gone in batch)
            copy.write("".join(lines))


def _batches(rows: np.ndarray) -> Iterator[list[tuple]]:
    """Plain Python values, some at a time."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        batch = rows[start : start + ROWS_AT_ONCE]
        yield list(
            zip(
                batch["key"].astype("U7").tolist(),
                batch["latitude"].tolist(),
                batch["longitude"].tolist(),
                batch["lsoa"].astype("U9").tolist(),
                batch["terminated"].tolist(),
                strict=True,
            )
        )
