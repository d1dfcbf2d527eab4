"""The index follows the database: in every process, through damage and loss, and never further than what is true."""

import json
import pickle
import shutil
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import pytest

from social_rx import create_app
from social_rx.db import db, transactional
from social_rx.directory import changes, search
from social_rx.directory.models import ListingChange, Service
from social_rx.directory.search import Engine, SearchQuery, following, store
from social_rx.directory.status import ListingStatus
from social_rx.users import Role
from tests import make
from tests.conftest import DATABASES, empty_database, settings_for_tests

SECOND_PROCESS = """
import json, sys, time
from social_rx import create_app
from social_rx.directory import search
app = create_app(json.loads(sys.argv[1]))
for line in sys.stdin:
    with app.app_context():
        start = time.process_time()
        names = [one.name for one in search.find_services(search.SearchQuery(json.loads(line))).services]
        print(json.dumps([names, time.process_time() - start]), flush=True)
"""


@pytest.fixture(scope="module", params=DATABASES)
def committing(request, tmp_path_factory):
    """An application with a database and an index of its own, in which what is committed stays."""
    folder = tmp_path_factory.mktemp(request.param)
    with empty_database(request.param, folder) as url:
        app = create_app(settings_for_tests(url, folder))
        with app.app_context():
            db.create_all()
        yield app
        with app.app_context():
            for engine in db.engines.values():
                engine.dispose()


@pytest.fixture
def installation(committing):
    """The application, its database empty, its index not yet made."""
    shutil.rmtree(committing.config["SEARCH_INDEX_DIR"], ignore_errors=True)
    search.init_app(committing)
    with committing.app_context():
        for table in reversed(db.metadata.sorted_tables):
            db.session.execute(table.delete())
        db.session.commit()
        yield committing
        db.session.remove()


@pytest.fixture
def second_process(installation):
    """Asks another process for the names that answer a text, and how much CPU time that took it."""
    keys = ("TESTING", "ENV", "SECRET_KEY", "DATABASE_URL", "SEARCH_INDEX_DIR", "OUTBOX", "PASSWORD_MEMORY_KB")
    settings = json.dumps({key: installation.config[key] for key in keys})
    command = [sys.executable, "-c", SECOND_PROCESS, settings]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:

        def ask(text=""):
            process.stdin.write(json.dumps(text) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield ask
        process.stdin.close()


@transactional
def changed(service, **fields):
    """Change the listing and say so, as a use case does."""
    kept = db.session.get(Service, service.id)
    for name, value in fields.items():
        setattr(kept, name, value)
    changes.note_change(service.id)


@transactional
def withdraw(service):
    kept = db.session.get(Service, service.id)
    kept.apply("archive", Role.EDITOR)
    changes.note_change(service.id)


def found(text=""):
    db.session.rollback()
    return sorted(service.name for service in search.find_services(SearchQuery(text)).services)


def index_files():
    folder = Path(search.current_engine()._store.folder)
    return [path for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "lock"]


# ---------------------------------------------------------------- in every process


def test_a_change_made_in_one_process_is_in_the_next_search_of_another(second_process):
    club = make.service("Lunch club")
    assert second_process()[0] == ["Lunch club"]

    walk = make.service("Nordic walking")
    assert second_process("nordic")[0] == ["Nordic walking"]

    changed(walk, name="Pole walking")
    assert second_process("nordic")[0] == []
    assert second_process("pole")[0] == ["Pole walking"]

    withdraw(club)
    assert second_process()[0] == ["Pole walking"]


def test_following_a_change_takes_less_than_fifty_milliseconds(second_process):
    made = [make.service(f"Walk number{number}") for number in range(20)]
    second_process()
    taken = []

    for number in range(5):
        changed(made[number], name=f"Choir voice{number}")
        names, seconds = second_process(f"voice{number}")
        assert names == [f"Choir voice{number}"]
        taken.append(seconds)

    assert min(taken) < 0.05


def test_many_changes_in_a_row_give_the_same_index_as_making_it_anew(installation):
    made = [make.service(f"Walk number{number}") for number in range(12)]
    found()
    for number, service in enumerate(made):
        changed(service, name=f"Choir voice{number}", free=None)
    withdraw(made[0])
    make.service("Brass band")

    followed = found(), search.find(SearchQuery()).facets
    search.rebuild()

    assert (found(), search.find(SearchQuery()).facets) == followed
    assert search.current_engine().snapshot().size == 12


def never_committed():
    """A listing that is searched for and found in its own transaction, which is then rolled back."""
    found()
    fresh = Service(organisation_id=make.organisation().id, name="Never was", status=ListingStatus.ACTIVE)
    db.session.add(fresh)
    db.session.flush()
    changes.note_change(fresh.id)
    assert [one.name for one in search.find_services(SearchQuery("never")).services] == ["Never was"]
    db.session.rollback()


def test_a_change_that_was_rolled_back_is_not_found(installation):
    make.service("Lunch club")

    never_committed()

    assert search.find(SearchQuery()).total == 1


def test_a_number_given_back_by_a_rollback_is_not_taken_for_the_change_that_got_it_next(installation):
    make.service("Lunch club")

    never_committed()
    make.service("Choir")  # on SQLite it gets the same number

    assert search.find(SearchQuery()).total == 2
    assert found() == ["Choir", "Lunch club"]


def test_changes_become_visible_in_the_order_of_their_numbers(installation):
    first_has_its_number, seen = threading.Event(), {}

    def first():
        with installation.app_context():
            note_slowly()
            db.session.remove()

    @transactional
    def note_slowly():
        changes.note_change(uuid.uuid4())
        first_has_its_number.set()
        second_waits.wait(0.3)

    @transactional
    def note_second():
        changes.note_change(uuid.uuid4())
        seen["numbers"] = [change.seq for change in db.session.scalars(db.select(ListingChange))]

    second_waits = threading.Event()
    thread = threading.Thread(target=first)
    thread.start()
    assert first_has_its_number.wait(5)
    note_second()
    thread.join()

    assert len(seen["numbers"]) == 2


# ---------------------------------------------------------------- through damage and loss


def test_a_deleted_index_makes_itself_again(installation):
    make.service("Lunch club")
    found()

    shutil.rmtree(installation.config["SEARCH_INDEX_DIR"])

    assert found() == ["Lunch club"]
    assert index_files()


def test_an_index_on_disk_is_opened_and_not_made_again(installation):
    make.service("Lunch club")
    found()
    before = [(path, path.stat().st_mtime_ns) for path in index_files()]
    search.init_app(installation)
    make.service("Choir")

    assert found() == ["Choir", "Lunch club"]
    assert [(path, path.stat().st_mtime_ns) for path in index_files()] == before


@pytest.mark.parametrize("damage", ["cut short", "one bit", "emptied", "removed"])
def test_a_damaged_index_makes_itself_again_whichever_file_is_damaged(installation, damage):
    make.service("Lunch club")
    found()

    for number in range(len(index_files())):
        path = index_files()[number]
        spoil(path, damage)
        search.init_app(installation)

        assert found() == ["Lunch club"], path


def spoil(path, damage):
    data = path.read_bytes()
    if damage == "removed":
        path.unlink()
        return
    middle = len(data) // 2
    flipped = data[:middle] + bytes([data[middle] ^ 4]) + data[middle + 1 :]
    path.write_bytes({"cut short": data[:middle], "one bit": flipped, "emptied": b""}[damage])


class Bomb:
    def __reduce__(self):
        return (Path.touch, (Bomb.target,))


def test_a_forged_index_runs_no_code_even_when_its_digests_are_right(installation, tmp_path):
    make.service("Lunch club")
    found()
    Bomb.target = tmp_path / "code ran"
    engine = search.current_engine()
    kept = engine._store.load()
    forger = store.Store(engine._store.folder, "a guess at the secret", engine._store.kind)
    forger.save({name: pickle.dumps(Bomb()) for name in kept.files}, kept.mark)

    search.init_app(installation)

    assert found() == ["Lunch club"]
    assert not Bomb.target.exists()


def test_an_index_of_an_older_format_is_made_again(installation, monkeypatch):
    make.service("Lunch club")
    found()
    [before] = [path for path in index_files() if path.name == store.MANIFEST]
    was = json.loads(before.read_text())["format"]

    monkeypatch.setattr(store, "FORMAT", was + 1)
    search.init_app(installation)

    assert found() == ["Lunch club"]
    assert json.loads(before.read_text())["format"] == was + 1


def test_an_index_far_behind_is_made_again(installation, monkeypatch):
    monkeypatch.setattr(following, "MOST_BEHIND", 3)
    make.service("Lunch club")
    found()
    before = search.current_engine()._store.stamp()

    for number in range(4):
        make.service(f"Choir {number}")

    assert len(found()) == 5
    assert search.current_engine()._store.stamp() != before


def test_an_emptied_database_leaves_nothing_to_find(installation):
    make.service("Lunch club")
    found()

    db.session.rollback()
    db.drop_all()
    db.create_all()

    assert found() == []
    make.service("Choir")
    assert found() == ["Choir"]


def test_an_index_of_another_database_is_not_believed(installation):
    make.service("Known to another database")
    db.session.execute(db.delete(ListingChange))
    db.session.commit()
    found()
    search.init_app(installation)
    db.session.delete(db.session.scalar(db.select(Service)))
    db.session.commit()

    assert search.find(SearchQuery()).total == 0


def test_without_a_folder_to_write_to_the_search_still_answers(installation, tmp_path):
    in_the_way = tmp_path / "a file"
    in_the_way.write_text("not a folder")
    installation.extensions["social_rx_search"] = Engine(in_the_way / "search", "secret")
    make.service("Lunch club")

    assert found() == ["Lunch club"]
    make.service("Choir")
    assert found() == ["Choir", "Lunch club"]


def test_the_index_is_for_nobody_else_to_read(installation):
    make.service("Lunch club")
    found()

    folder = Path(installation.config["SEARCH_INDEX_DIR"])

    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.glob("index-*"))} == {0o700}


def test_nothing_is_opened_before_the_first_search(tmp_path):
    settings = settings_for_tests(f"sqlite:///{tmp_path}/nowhere/missing.db", tmp_path)

    app = create_app(settings)
    search.init_app(app)

    assert not (tmp_path / "search").exists()
