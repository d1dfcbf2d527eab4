"""Who may move a listing from which status to which: every status, action and role; and how it grows old."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from social_rx import clock
from social_rx.directory.status import LISTING, Freshness, ListingStatus, freshness
from social_rx.errors import ActionNotAllowed
from social_rx.users import Role

GROUP, MANAGER, EDITOR = Role.PROVIDER, Role.PROVIDER_MANAGER, Role.EDITOR

# action: where from, where to, and who may
TABLE = {
    "submit": ({"draft"}, "pending_review", {GROUP, MANAGER, EDITOR}),
    "publish": ({"pending_review"}, "active", {EDITOR}),
    "send_back": ({"pending_review"}, "draft", {EDITOR}),
    "pause": ({"active"}, "paused", {GROUP, MANAGER, EDITOR}),
    "resume": ({"paused"}, "active", {GROUP, MANAGER, EDITOR}),
    "archive": ({"draft", "active", "paused"}, "archived", {MANAGER, EDITOR}),
    "restore": ({"archived"}, "draft", {EDITOR}),
}
TODAY = date(2026, 11, 21)


def test_the_table_names_every_action():
    assert LISTING.steps.keys() == TABLE.keys()


@pytest.mark.parametrize(("action", "status", "role"), list(product(TABLE, ListingStatus, Role)))
def test_an_action_is_allowed_exactly_where_the_table_says(action, status, role):
    sources, target, by = TABLE[action]

    if status in sources and role in by:
        assert LISTING.after(action, status, role) == target
    else:
        with pytest.raises(ActionNotAllowed):
            LISTING.after(action, status, role)


def test_only_an_editor_makes_a_listing_public():
    into_public = {
        role
        for action, status, role in product(TABLE, ListingStatus, Role)
        if status != "paused" and action in LISTING.actions(status, role)
        if LISTING.after(action, status, role) == "active"
    }

    assert into_public == {EDITOR}


def days_ago(days):
    return datetime(2026, 11, 21, 12, tzinfo=UTC) - timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "expected"),
    [(0, "fresh"), (180, "fresh"), (181, "stale"), (365, "stale"), (366, "expired"), (4000, "expired")],
)
def test_a_listing_grows_old_by_the_day(days, expected):
    assert freshness(days_ago(days), TODAY) == expected


def test_a_listing_nobody_has_checked_is_not_fresh():
    assert freshness(None, TODAY) == Freshness.NEVER


def test_the_day_is_the_one_on_the_wall_in_england():
    shortly_after_midnight_in_summer = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # 1 July in England

    with clock.pretend(datetime(2026, 12, 28, 12, tzinfo=UTC)):
        assert freshness(shortly_after_midnight_in_summer) == "fresh"  # 180 days, and 181 by the date in UTC
