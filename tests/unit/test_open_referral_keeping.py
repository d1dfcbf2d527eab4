"""Finished JSON is kept while it is sure to be true, and never more of it than there is room for."""

from uuid import UUID

from social_rx.directory.changes import Mark
from social_rx.directory.open_referral import keeping
from social_rx.directory.open_referral.keeping import Kept

FIRST = Mark(1, UUID(int=7), "2026-11-21 09:00:00")
SECOND = Mark(2, UUID(int=7), "2026-11-21 09:00:01")


def test_a_text_is_given_back_under_its_own_stamp_alone():
    kept = Kept(100)
    kept.put("lunch", (1,), "Lunch club")

    assert kept.get("lunch", (1,)) == "Lunch club"
    assert kept.get("lunch", (2,)) is None
    assert kept.get("walk", (1,)) is None


def test_when_there_is_no_room_what_was_asked_for_longest_ago_goes_first():
    kept = Kept(10)
    kept.put("a", (1,), "aaaa")
    kept.put("b", (1,), "bbbb")
    kept.get("a", (1,))

    kept.put("c", (1,), "cccc")

    assert [kept.get(key, (1,)) for key in "abc"] == ["aaaa", None, "cccc"]
    assert kept.size == 8


def test_a_newer_text_takes_the_room_of_the_one_before():
    kept = Kept(10)
    for stamp in range(5):
        kept.put("a", (stamp,), "aaaaaaaa")

    assert (kept.size, kept.get("a", (4,))) == (8, "aaaaaaaa")


def test_a_text_larger_than_all_the_room_is_not_kept():
    kept = Kept(10)
    kept.put("a", (1,), "a" * 11)

    assert (kept.size, kept.get("a", (1,))) == (0, None)


def test_a_page_is_written_again_after_any_change_and_always_where_none_is_known(app):
    written = iter(range(10))

    said = [keeping.page("key", latest, lambda: f"{next(written)}") for latest in (FIRST, FIRST, SECOND, None, None)]

    assert said == ["0", "0", "1", "2", "3"]
