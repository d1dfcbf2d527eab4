"""The text index by itself."""

import tempfile

from social_rx.directory.search import whoosh_index


def test_two_workers_build_at_once_without_sharing_a_scratch_folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "MAIN.tmp").write_text("where Whoosh would put the scraps of every worker")

    files = whoosh_index.build([{"choir": 4.0}, {"choir": 1.0, "lunch": 2.0}])

    assert whoosh_index.WhooshIndex(files).postings("choir")[0].tolist() == [0, 1]
    assert [path.name for path in tmp_path.iterdir()] == ["MAIN.tmp"]
