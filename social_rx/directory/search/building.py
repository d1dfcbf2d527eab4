"""The base of the index: all listings as they were at one moment, as files, and opened from them."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from social_rx.directory.search import table, whoosh_index
from social_rx.directory.search.columns import Columns
from social_rx.directory.search.documents import Document
from social_rx.directory.search.indexing import Said, said_by
from social_rx.directory.search.postings import Postings
from social_rx.directory.search.snapshot import Snapshot
from social_rx.directory.search.vocabulary import Vocabulary
from social_rx.directory.search.whoosh_index import WhooshIndex

COLUMNS = "columns.npz"
TEXT = "text-"  # before the names of Whoosh's own files

Change = tuple[Document, Said]


def build(documents: Iterable[Document], vocabulary: Vocabulary) -> dict[str, bytes]:
    """The files of a base: the columns, and the text index with its rows in the same order."""
    ordered, placed = table.in_spatial_order(list(documents))
    lengths: list[float] = []

    def weights() -> Iterable[Mapping[str, float]]:
        for document in ordered:
            said = said_by(document, vocabulary)
            lengths.append(said.length)
            yield said.weights

    files = {TEXT + name: data for name, data in whoosh_index.build(weights()).items()}
    return files | {COLUMNS: table.dump(table.tabulate(ordered, lengths, placed))}


class Base:
    """A base opened for searching."""

    def __init__(self, files: Mapping[str, bytes]):
        self.table = table.load(files[COLUMNS])
        self.index = WhooshIndex({name[len(TEXT) :]: data for name, data in files.items() if name.startswith(TEXT)})
        if self.index.size != len(self.table):
            raise ValueError("the text and the columns are not of the same listings")
        self._rows = {key.tobytes(): row for row, key in enumerate(self.table.ids)}

    def snapshot(self, vocabulary: Vocabulary, changes: Mapping[UUID, Change | None] | None = None) -> Snapshot:
        """The base with these listings replaced, added, or (None) taken away."""
        changes = changes or {}
        rows, said = self.table, []
        dead = [self._rows[key.bytes] for key in changes if key.bytes in self._rows]
        if present := [change for change in changes.values() if change]:
            documents, said = [document for document, _ in present], [said for _, said in present]
            tail = table.tabulate(documents, [one.length for one in said], 0, rows.names)
            rows = table.appended(rows, tail)
        return Snapshot(Columns(rows, dead), Postings(self.index, rows.lengths, said), vocabulary)
