"""Finished JSON, kept in memory for as long as nothing that it shows has changed.

A page is kept until any listing changes; beside it each service, under a stamp that the database is asked for every
time: the versions of the service and of its organisation, and the last line of the listing in the order of changes
(see `changes`), which is written whenever anything shown on a listing changes.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, current_app

from social_rx.directory.changes import Mark
from social_rx.directory.open_referral import reading
from social_rx.directory.open_referral.answers import Show, as_text
from social_rx.directory.open_referral.selecting import Keys

MOST_CHARACTERS = {"records": 24_000_000, "pages": 4_000_000}
_KEY = "social_rx_open_referral"
Stamp = tuple[Any, ...]


class Kept:
    """Texts by their key, those not asked for longest let go first; safe to use from several threads."""

    def __init__(self, most: int):
        self.most, self.size = most, 0
        self._texts: OrderedDict[Any, tuple[Stamp, str]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Any, stamp: Stamp) -> str | None:
        with self._lock:
            found = self._texts.get(key)
            if found is None or found[0] != stamp:
                return None
            self._texts.move_to_end(key)
            return found[1]

    def put(self, key: Any, stamp: Stamp, text: str) -> None:
        with self._lock:
            if before := self._texts.pop(key, None):
                self.size -= len(before[1])
            self._texts[key] = (stamp, text)
            self.size += len(text)
            while self.size > self.most:
                self.size -= len(self._texts.popitem(last=False)[1][1])


def init_app(app: Flask) -> None:
    app.extensions[_KEY] = {name: Kept(most) for name, most in MOST_CHARACTERS.items()}


def _kept(name: str) -> Kept:
    return current_app.extensions[_KEY][name]


def page(key: Any, latest: Mark | None, write: Callable[[], str]) -> str:
    """What `write` answers, kept until any listing changes; `latest` is the last change there was."""
    if latest is None:
        return write()
    kept = _kept("pages")
    text = kept.get(key, latest)
    if text is None:
        text = write()
        kept.put(key, latest, text)
    return text


def keeping(show: Show) -> Show:
    """`show`, asked only about the services that have changed since it was asked before."""
    kind = show.__name__

    def texts(keys: Keys, extensions: bool) -> Iterable[str]:
        kept = _kept("records")
        stamps = keys if all(keys.values()) else reading.stamps(list(keys))
        known = {one: kept.get((kind, extensions, one), stamp) for one, stamp in stamps.items()}
        missing = {one: stamps[one] for one, text in known.items() if text is None}
        for one, shape in zip(missing, show(missing, extensions) if missing else (), strict=True):
            known[one] = text = as_text(shape)
            kept.put((kind, extensions, one), stamps[one], text)
        return [text for text in known.values() if text is not None]

    return texts
