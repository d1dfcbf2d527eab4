"""What one transaction means."""

import pytest
from sqlalchemy import func, select

from social_rx.db import after_commit, db, transactional
from social_rx.places import Place, PlaceKind, add_place

pytestmark = pytest.mark.usefixtures("app")


def count_places():
    return db.session.scalar(select(func.count()).select_from(Place))


@pytest.fixture
def log():
    return []


@pytest.fixture
def open_hub(log):
    @transactional
    def open_hub():
        add_place(PlaceKind.CITY_HUB, "Riverside")
        after_commit(log.append, "after commit")

    return open_hub


def test_a_use_case_inside_another_joins_its_transaction(open_hub, log):
    @transactional
    def outer():
        open_hub()
        log.append("end of outer")

    outer()

    assert log == ["end of outer", "after commit"]
    assert count_places() == 1


def test_a_failure_undoes_everything_and_runs_nothing_afterwards(open_hub, log):
    @transactional
    def outer():
        open_hub()
        raise ValueError

    with pytest.raises(ValueError):
        outer()

    assert (count_places(), log) == (0, [])


def test_a_step_after_the_commit_that_fails_loses_nothing(caplog):
    @transactional
    def open_hub():
        add_place(PlaceKind.CITY_HUB, "Riverside")
        after_commit(lambda: 1 / 0)

    open_hub()

    assert count_places() == 1
    assert "after-commit step failed" in caplog.text


def test_steps_after_the_commit_need_a_transaction():
    with pytest.raises(KeyError):
        after_commit(print)
