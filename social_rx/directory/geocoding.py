"""From a postcode to a point: our own tables first, then the middle of its district; postcodes.io is asked by jobs.

Inside a request only our own tables are asked. What they lack is looked up later, in bulk, and the places that were
put in the middle of their district are then moved to where they are.
"""

import logging
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Literal, NamedTuple, TypeVar
from urllib.parse import urlsplit

from flask import current_app
from geopy import Location as Found
from geopy.adapters import RequestsAdapter
from geopy.exc import (
    GeocoderParseError,
    GeocoderRateLimited,
    GeocoderServiceError,
    GeocoderTimedOut,
    GeocoderUnavailable,
)
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder

from social_rx import clock
from social_rx.db import db, transactional
from social_rx.directory import postcodes, postcodes_io
from social_rx.directory.known_points import (
    Point,
    keep_answers,
    point_of,
    postcodes_to_look_up,
    repoint_locations,
)
from social_rx.directory.models import Location, Outcode
from social_rx.errors import InvalidInput, UnsafeSettings
from social_rx.fetching import CuttableAdapter, FetchFailed, TookTooLong, TooLarge, fetch

logger = logging.getLogger(__name__)
Answer = TypeVar("Answer")

AT_ONCE = postcodes_io.MOST_AT_ONCE
LARGEST_ANSWER = 1_000_000
LONGEST_RUN = 300  # seconds
USUAL_PAUSE, LONGEST_PAUSE = 60, 86_400  # seconds to keep quiet when asked to, without a number and at most
HERE = {"127.0.0.1", "::1", "localhost"}
PAUSED = "postcodes_io_paused_until"
LOGGERS_THAT_TELL = ("geopy", "urllib3.connectionpool", "urllib3.util.retry")
ENTER = "Enter a postcode, like CV1 2AB, or its first part, like CV1."


class PlaceUnknown(InvalidInput):
    """Well written, but nobody we may ask knows where it is."""

    code = "place_unknown"


class Located(NamedTuple):
    """A point, and how sure it is; `label` says in words what it is the point of."""

    latitude: float
    longitude: float
    precision: Literal["postcode", "terminated", "outcode"]
    label: str

    @property
    def approximate(self) -> bool:
        return self.precision == "outcode"


def locate(text: str) -> Located:
    """Where a postcode or a postcode district is, as far as our own tables know. Asks nobody outside.

    Raises InvalidInput when the text is neither, and PlaceUnknown when it is one that we cannot place.
    """
    squeezed = postcodes.squeezed(text)
    if postcodes.OUTCODE.fullmatch(squeezed):
        return _middle_of(squeezed, squeezed)
    if not postcodes.KEY.fullmatch(squeezed):
        raise InvalidInput(ENTER)
    postcode = postcodes.parse(squeezed)
    if postcode.is_pseudo:
        raise PlaceUnknown(f"{postcode.text} stands for no place. Enter a postcode near the person.")
    point = point_of(postcode.key)
    if point is None:
        return _middle_of(postcode.outcode, postcode.text)
    if point.terminated:
        return Located(point.latitude, point.longitude, "terminated", f"{postcode.text}, a postcode no longer in use")
    return Located(point.latitude, point.longitude, "postcode", postcode.text)


def _middle_of(outcode: str, asked: str) -> Located:
    district = db.session.get(Outcode, outcode)
    if district is None:
        raise PlaceUnknown(f"We could not find {asked}. Check the postcode.")
    return Located(district.latitude, district.longitude, "outcode", f"about the middle of {outcode}")


def place_location(location: Location) -> None:
    """Set the point of a location from the postcode of its address; no point when we cannot place it.

    A listing is never refused because of this: what is unknown or approximate is looked up later.
    """
    written = location.address.postcode if location.address else None
    location.latitude = location.longitude = None
    location.approximate = False
    if not postcodes.key_of(written):
        return
    try:
        with db.session.no_autoflush:
            found = locate(written or "")
    except InvalidInput:
        return
    location.latitude, location.longitude, location.approximate = found.latitude, found.longitude, found.approximate


@dataclass
class LookedUp:
    """What a round of looking up brought; `stopped` says in words why it ended early."""

    asked: int = 0
    found: int = 0
    unknown: int = 0
    repointed: int = 0
    stopped: str | None = None


def look_up_missing(limit: int = 1000, also: Iterable[str] = ()) -> LookedUp:
    """Ask postcodes.io about postcodes that we lack, remember what it says, and move the places that waited for it.

    `also` are postcodes from elsewhere than the directory's addresses. For jobs and the command line, never inside a
    request or a use case: it waits for the network. When nobody answers it stops and keeps what it has.
    """
    done = LookedUp()
    url = current_app.config["POSTCODES_IO_URL"]
    wanted = _wanted(also)[:limit]
    if url and wanted:
        _ask_about(wanted, PostcodesIo(url, seconds=current_app.config["GEOCODER_SECONDS"]), done)
    done.repointed = repoint_locations()
    return done


@transactional
def _wanted(also: Iterable[str]) -> list[str]:
    """In a transaction of its own, so that none stays open while the network is waited for."""
    return postcodes_to_look_up(also)


def _ask_about(wanted: Sequence[str], geocoder: "PostcodesIo", done: LookedUp) -> None:
    """Fill `done`, a bulk at a time, until all is asked, the time is up or the geocoder fails."""
    now = clock.now()
    if now < current_app.extensions.get(PAUSED, now):
        done.stopped = "The postcode service asked to be left alone for a while."
        return
    deadline = time.monotonic() + LONGEST_RUN
    for start in range(0, len(wanted), AT_ONCE):
        answers: dict[str, Point | None] = {}
        try:
            for key, point in geocoder.answers(wanted[start : start + AT_ONCE]):
                answers[key] = point
                if time.monotonic() > deadline:
                    raise GeocoderTimedOut("This round has lasted long enough.")
        except GeocoderServiceError as error:
            _stop(done, error)
        keep_answers(answers)
        done.asked += len(answers)
        done.found += sum(point is not None for point in answers.values())
        done.unknown = done.asked - done.found
        if done.stopped:
            return


def _stop(done: LookedUp, error: GeocoderServiceError) -> None:
    """Say why, and leave the geocoder alone for as long as it asked for."""
    done.stopped = f"{error} The rest is looked up next time."
    if isinstance(error, GeocoderRateLimited):
        current_app.extensions[PAUSED] = clock.now() + timedelta(seconds=error.retry_after or USUAL_PAUSE)
    logger.warning("postcode look-up stopped: %s", error)


class _PoliteAdapter(RequestsAdapter):
    """Asks once, within the time in all, and takes neither redirects nor long answers. Its errors name no postcode."""

    def __init__(self, *, proxies: Mapping[str, str] | None, ssl_context: Any):
        super().__init__(proxies=proxies, ssl_context=ssl_context)
        cuttable = CuttableAdapter()
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, cuttable)

    def get_text(self, url: str, *, timeout: float, headers: Mapping[str, str]) -> bytes:
        return self._ask("GET", url, timeout, headers=headers)

    def post(self, url: str, document: object, *, timeout: float, headers: Mapping[str, str]) -> bytes:
        return self._ask("POST", url, timeout, headers=headers, json=document)

    def _ask(self, method: str, url: str, seconds: float, **sending: Any) -> bytes:
        try:
            answer = fetch(self.session, method, url, seconds=seconds, most_bytes=LARGEST_ANSWER, **sending)
        except TookTooLong:
            raise GeocoderTimedOut("The postcode service took too long.") from None
        except TooLarge:
            raise GeocoderServiceError("The postcode service sent too much.") from None
        except FetchFailed:
            raise GeocoderUnavailable("The postcode service did not answer.") from None
        if answer.status == 429:
            asked = answer.headers.get("Retry-After", "")
            wait = min(int(asked), LONGEST_PAUSE) if asked.isdecimal() and len(asked) < 10 else USUAL_PAUSE
            raise GeocoderRateLimited("The postcode service asked us to wait.", retry_after=wait)
        if answer.status not in (200, 404):  # its 404 is an answer: it may say where the postcode used to be
            raise GeocoderServiceError(f"The postcode service answered {answer.status}.")
        return answer.body


class PostcodesIo(Geocoder):
    """postcodes.io, or a copy of it in the house."""

    def __init__(self, url: str, *, seconds: float):
        parts = urlsplit(url)
        at_home = parts.hostname in HERE
        if parts.scheme != "https" and not (parts.scheme == "http" and at_home):
            raise UnsafeSettings("SOCIAL_RX_POSTCODES_IO_URL must start with https://, or be empty.")
        super().__init__(
            scheme=parts.scheme,
            timeout=seconds,
            user_agent="social-rx",
            proxies={} if at_home else DEFAULT_SENTINEL,
            adapter_factory=_PoliteAdapter,
        )
        self.url = f"{url.rstrip('/')}/postcodes"
        for name in LOGGERS_THAT_TELL:
            logging.getLogger(name).addFilter(_hide_postcodes)

    def geocode(self, query: str, *, exactly_one: bool = True, timeout: Any = DEFAULT_SENTINEL) -> Found | None:
        """Where one postcode is or used to be; None when it has no point. `raw` says whether it is still in use."""
        key = postcodes.parse(query).key
        read = partial(self._read, partial(postcodes_io.read_one, key))
        point = self._call_geocoder(f"{self.url}/{key}", read, timeout=timeout, is_json=False)
        return Found(key, (point.latitude, point.longitude), point._asdict()) if point else None

    def geocode_all(self, keys: Sequence[str]) -> dict[str, Point | None]:
        """Up to 100 at once; None for those that have no point or are no longer in use: ask about these singly."""
        sent = {"postcodes": list(keys)}
        body = self.adapter.post(self.url, sent, timeout=self.timeout, headers=self.headers)
        return self._read(partial(postcodes_io.read_many, keys), body)

    def answers(self, keys: Sequence[str]) -> Iterator[tuple[str, Point | None]]:
        """The point of each as it becomes known: those in use from one question, then each of the rest."""
        points = self.geocode_all(keys)
        for key in sorted(points, key=lambda key: points[key] is None):
            found = None if points[key] else self.geocode(key)
            yield key, Point(**found.raw) if found else points[key]

    @staticmethod
    def _read(read: Callable[[bytes], Answer], body: bytes) -> Answer:
        try:
            return read(body)
        except postcodes_io.NotUnderstood:
            raise GeocoderParseError("The postcode service sent something else than an answer.") from None


def _hide_postcodes(record: logging.LogRecord) -> bool:
    """A postcode may be where somebody lives, and what asks for it logs the address it asks."""
    record.msg, record.args = re.sub(r"/postcodes/[^\s\"']+", "/postcodes/…", record.getMessage()), None
    return True
