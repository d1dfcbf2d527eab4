"""The text index: which listings contain a term, and with what weight. The only module that knows Whoosh.

Whoosh keeps the terms and their postings, and nothing else: asked to filter, measure or rank, it is a hundred times
slower than a few arrays. Its query parser is never used, because some texts keep it busy for minutes. Its files are
pickles, so they are opened from bytes that the caller has checked, never from a folder.
"""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from whoosh.analysis import IDTokenizer
from whoosh.fields import FieldType, Schema
from whoosh.filedb.filestore import FileStorage, RamStorage
from whoosh.formats import Frequency
from whoosh.reading import TermNotFound

from social_rx.directory.search.circle import Rows

FIELD = "terms"
KEPT_POSTINGS = 8_192  # decoded lists of postings that stay in memory
MEMORY_MB = 256


class WeightedTerms(FieldType):
    """A field that is given its terms and their weights ready made."""

    def __init__(self) -> None:
        self.analyzer = IDTokenizer()
        self.format = Frequency()
        self.scorable = self.stored = self.unique = self.spelling = False
        self.vector = None
        self.multitoken_query = "default"
        self.set_sortable(False)

    def index(self, value: Mapping[str, float], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, weight in value.items():
            yield term.encode(), 1, weight, b""


class Workbench(RamStorage):
    """Memory, with scraps in a folder of its own: Whoosh's would be one that all processes of the machine share."""

    def __init__(self, folder: str):
        super().__init__()
        self.folder = folder

    def temp_storage(self, name: str | None = None) -> FileStorage:
        return FileStorage(str(Path(self.folder) / (name or "scraps"))).create()


def build(listings: Iterable[Mapping[str, float]]) -> dict[str, bytes]:
    """The files of an index of these listings, whose rows are numbered in the order they come."""
    with TemporaryDirectory(prefix="social-rx-search-") as folder:
        storage = Workbench(folder)
        index = storage.create_index(Schema(**{FIELD: WeightedTerms()}))
        with index.writer(limitmb=MEMORY_MB) as writer:
            for weights in listings:
                writer.add_document(**{FIELD: weights})
        return {name: bytes(data) for name, data in storage.files.items()}


class WhooshIndex:
    """An index opened for reading. Its files never change, so what was decoded once stays true."""

    def __init__(self, files: Mapping[str, bytes]):
        storage = RamStorage()
        storage.files.update(files)
        self._reader = storage.open_index().reader()
        self.size = self._reader.doc_count_all()
        self.postings = lru_cache(maxsize=KEPT_POSTINGS)(self._read)

    def _read(self, term: str) -> tuple[Rows, np.ndarray] | None:
        """The rows that contain the term, ascending, with its weight in each; None when there are none."""
        try:
            matcher = self._reader.postings(FIELD, term)
        except TermNotFound:
            return None
        rows, weights = [], []
        while matcher.is_active():
            rows.append(matcher.id())
            weights.append(matcher.weight())
            matcher.next()
        return np.array(rows, np.int64), np.array(weights, np.float32)
