"""The folder that the index is kept in: written whole, swapped at once, and believed only when nothing in it changed.

The index can be made again from the database at any time, so whatever is odd is thrown away. Its text part would run
code if it were forged, so nothing is opened before its digest and the seal over all digests have been checked.
"""

import contextlib
import fcntl
import hashlib
import hmac
import json
import logging
import shutil
import uuid
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from social_rx.directory.changes import Mark

logger = logging.getLogger(__name__)

FORMAT = 3  # one more whenever files written before can no longer be read
MANIFEST = "manifest.json"
Stamp = tuple[int, int, int]


class Kept(NamedTuple):
    """An index as it was found: its files, and the last change that it contains."""

    files: Mapping[str, bytes]
    mark: Mark | None


class Store:
    """`kind` tells indexes apart that were made with other rules; `secret` seals them."""

    def __init__(self, folder: Path, secret: str, kind: str):
        self.folder, self.kind = folder, kind
        self._secret = secret.encode()
        self._manifest = folder / MANIFEST

    def stamp(self) -> Stamp | None:
        """What tells one index in the folder from the next, without reading it; None when there is none."""
        try:
            found = self._manifest.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Nobody else, in any process, is in this block at the same time."""
        with contextlib.ExitStack() as stack:
            try:
                self._make(self.folder)
                handle = stack.enter_context((self.folder / "lock").open("w"))
                fcntl.flock(handle, fcntl.LOCK_EX)
            except OSError:
                logger.warning("the folder of the search index cannot be written; it is kept in memory only")
            yield

    def save(self, files: Mapping[str, bytes], mark: Mark | None) -> None:
        """Put this index in the place of the one before. One that cannot be written is not kept."""
        try:
            self._save(files, mark)
        except OSError:
            logger.warning("the search index could not be written to disk", exc_info=True)

    def _save(self, files: Mapping[str, bytes], mark: Mark | None) -> None:
        fresh = f"index-{uuid.uuid4().hex}"
        self._make(self.folder / fresh)
        for name, data in files.items():
            (self.folder / fresh / name).write_bytes(data)
        about = {
            "format": FORMAT,
            "kind": self.kind,
            "folder": fresh,
            "mark": mark and [mark.seq, mark.service_id.hex, mark.at],
            "digests": {name: hashlib.sha256(data).hexdigest() for name, data in files.items()},
        }
        written = self.folder / f"{fresh}.json"
        written.write_text(json.dumps(about | {"seal": self._seal(about)}))
        written.replace(self._manifest)
        for old in self.folder.glob("index-*"):
            if old.name != fresh:
                shutil.rmtree(old, ignore_errors=True)

    def _make(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)

    def load(self) -> Kept | None:
        """The index in the folder; None when there is none that can be believed."""
        try:
            return self._load()
        except (OSError, ValueError, KeyError, TypeError):
            logger.info("there is no usable search index on disk")
            return None

    def _load(self) -> Kept | None:
        about = json.loads(self._manifest.read_bytes())
        seal = about.pop("seal")
        if not hmac.compare_digest(seal, self._seal(about)):
            return None
        if (about["format"], about["kind"]) != (FORMAT, self.kind):
            return None
        files = {}
        for name, digest in about["digests"].items():
            files[name] = (self.folder / about["folder"] / name).read_bytes()
            if hashlib.sha256(files[name]).hexdigest() != digest:
                return None
        mark = about["mark"]
        return Kept(files, mark and Mark(mark[0], uuid.UUID(mark[1]), mark[2]))

    def _seal(self, about: Mapping[str, Any]) -> str:
        """A digest that nobody can make who does not know this installation's secret."""
        return hmac.new(self._secret, json.dumps(about, sort_keys=True).encode(), "sha256").hexdigest()
