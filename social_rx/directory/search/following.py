"""Keeping up: every search first makes sure that it knows of every change which this transaction can see.

The index on disk holds the listings up to one change. What came later is read from the database and kept in memory
beside it, in each process, until that is much; then the index is made again. A crash loses nothing, because the
sequence of changes is written in the transaction of the change itself.
"""

import hashlib
import logging
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from social_rx.directory.changes import Mark, changes_from, latest_change
from social_rx.directory.search import vocabulary
from social_rx.directory.search.building import Base, Change, build
from social_rx.directory.search.documents import active_documents, count_active, documents_of
from social_rx.directory.search.indexing import said_by
from social_rx.directory.search.snapshot import Snapshot
from social_rx.directory.search.store import Stamp, Store

logger = logging.getLogger(__name__)

MOST_BEHIND = 500  # changed listings kept beside the index before it is made again


class State(NamedTuple):
    """What one process knows: the index on disk, what changed since, and the last change it has seen."""

    base: Base
    stamp: Stamp | None
    mark: Mark | None
    changes: Mapping[UUID, Change | None]
    snapshot: Snapshot


class Engine:
    """The search of one application in one process. Touches neither disk nor database until it is first asked."""

    def __init__(self, folder: Path, secret: str):
        self.vocabulary = vocabulary.vocabulary()
        self._store = Store(folder, secret, hashlib.sha256(vocabulary.FILE.read_bytes()).hexdigest())
        self._state: State | None = None
        self._lock = threading.Lock()

    def snapshot(self) -> Snapshot:
        """All active listings as the open transaction sees them."""
        state, stamp = self._state, self._store.stamp()
        if state and state.stamp == stamp and state.mark == latest_change():
            return state.snapshot
        with self._lock:
            self._state = self._caught_up(stamp)
            return self._state.snapshot

    def rebuild(self) -> int:
        """Make the index again from the database. Answers how many listings it holds."""
        with self._lock, self._store.locked():
            self._state = self._built()
            return self._state.snapshot.size

    def _caught_up(self, stamp: Stamp | None) -> State:
        """The state that holds every change, by the cheapest way: go on, or open the index, or make it."""
        state = self._state
        if state and state.stamp == stamp and (followed := self._followed(state)):
            return followed
        if opened := self._opened():
            return opened
        with self._store.locked():
            if self._store.stamp() != stamp and (opened := self._opened()):  # another process made it meanwhile
                return opened
            return self._built()

    def _followed(self, state: State) -> State | None:
        """The state with the changes since; None when they cannot be followed from here.

        That is so when there are too many, and when the last change seen is no longer there: it was rolled back, or
        this is another database.
        """
        changes = changes_from(state.mark.seq if state.mark else 0)
        if state.mark:
            if not changes or changes[0] != state.mark:
                return None
            changes = changes[1:]
        if not changes:
            return state
        changed: dict[UUID, Change | None] = {change.service_id: None for change in changes}
        if len(state.changes.keys() | changed.keys()) > MOST_BEHIND:
            return None
        for document in documents_of(list(changed)):
            changed[document.id] = (document, said_by(document, self.vocabulary))
        together = {**state.changes, **changed}
        snapshot = state.base.snapshot(self.vocabulary, together)
        return state._replace(mark=changes[-1], changes=together, snapshot=snapshot)

    def _opened(self) -> State | None:
        """The index on disk brought up to date; None when there is none, or none of this database."""
        stamp, kept = self._store.stamp(), self._store.load()
        if kept is None:
            return None
        base = Base(kept.files)
        state = self._followed(State(base, stamp, kept.mark, {}, base.snapshot(self.vocabulary)))
        if state and not state.changes and len(base.table) != count_active():
            return None
        return state

    def _built(self) -> State:
        logger.info("making the search index from the database")
        mark = latest_change()  # before the listings are read: what changes meanwhile is then read once more
        files = build(active_documents(), self.vocabulary)
        self._store.save(files, mark)
        base = Base(files)
        return State(base, self._store.stamp(), mark, {}, base.snapshot(self.vocabulary))
