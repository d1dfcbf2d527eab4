"""Answers as bytes: pages in the envelope of the standard, streams of lines, digests and compression."""

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from flask import Response

from social_rx.directory.open_referral.selecting import Keys, Selection
from social_rx.directory.open_referral.shapes import Shape

Show = Callable[[Keys, bool], Iterable[Shape | str]]

NDJSON = "ndjson"
AT_ONCE = 200
LEVEL = 5
TOO_SMALL = 1000  # bytes that compression would not make fewer of
GZIP = 16 + zlib.MAX_WBITS
_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def as_text(shape: Shape | str) -> str:
    """A shape as JSON; a text is JSON already."""
    return shape if isinstance(shape, str) else _write(shape)


def digest(body: bytes) -> str:
    return hashlib.blake2b(body, digest_size=16).hexdigest()


def page(selection: Selection, number: int, per_page: int | None, show: Show, extensions: bool) -> str:
    """One page in the envelope of the standard; all there is when `per_page` is None."""
    total = selection.total()
    size = per_page or max(total, 1)
    pages = -(-total // size)
    keys = selection.part((number - 1) * size, size)
    contents = list(_texts(_batches(keys), show, extensions))
    envelope = {
        "total_items": total,
        "total_pages": pages,
        "page_number": number,
        "size": len(contents),
        "first_page": number == 1,
        "last_page": number >= pages,
        "empty": not contents,
    }
    return f'{_write(envelope)[:-1]},"contents":[{",".join(contents)}]}}'


def _batches(keys: Keys) -> Iterator[Keys]:
    waiting = iter(keys.items())
    while batch := dict(islice(waiting, AT_ONCE)):
        yield batch


def _texts(batches: Iterable[Keys], show: Show, extensions: bool) -> Iterator[str]:
    """Each record is written as soon as it has its shape, so that few shapes are in memory at a time."""
    for keys in batches:
        yield from map(as_text, show(keys, extensions))


def lines(selection: Selection, show: Show, extensions: bool, zipped: bool) -> Iterator[bytes]:
    """All there is, one record on a line, a batch at a time: never more than one batch is in memory."""
    squeeze = zlib.compressobj(LEVEL, zlib.DEFLATED, GZIP) if zipped else None
    for ids in selection.batches(AT_ONCE):
        batch = "".join(f"{text}\n" for text in _texts([dict.fromkeys(ids, ())], show, extensions)).encode()
        if part := squeeze.compress(batch) if squeeze else batch:
            yield part
    if squeeze:
        yield squeeze.flush()


def compress(response: Response, accepted: bool) -> None:
    """Send fewer bytes to whoever can read them, and tell caches that the others get more."""
    response.vary.add("Accept-Encoding")
    if accepted and response.status_code == 200 and (response.content_length or 0) > TOO_SMALL:
        response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
