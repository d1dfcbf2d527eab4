"""A listing's times as choices on a form, and back."""

import pytest

from social_rx.directory import listing_queries
from social_rx.directory.listing_contents import contents
from social_rx.directory.listing_forms import boxes_for, filled, form_schema
from social_rx.users import Role
from tests import make

RULES = [
    ({"byday": "TU,TH"}, "weekly"),
    ({"byday": "TH,TU", "interval": 2}, "fortnightly"),
    ({"freq": "MONTHLY", "byday": "-1FR"}, "monthly_last"),
    ({"freq": "MONTHLY", "byday": "3TH,1TH"}, "monthly_1_3"),
    ({"freq": "MONTHLY", "byday": "1MO,2FR"}, "MONTHLY|1|1MO,2FR|"),
    ({"freq": "MONTHLY", "bymonthday": "15"}, "MONTHLY|1||15"),
    ({"interval": 3, "byday": "TU"}, "WEEKLY|3|TU|"),
    ({}, "WEEKLY|1||"),
]


@pytest.mark.parametrize(("rule", "choice"), RULES)
def test_every_rule_of_times_goes_through_the_form_unharmed(rule, choice, app):
    service = make.service(sessions=(rule,))
    said = contents(listing_queries.get_listing(make.actor(Role.EDITOR), service.id))

    shown = {"name": "Choir"} | {name: value for name, value in filled(said).items() if name.startswith("session-")}
    back = form_schema(boxes_for(said), versioned=False).load(shown)

    assert shown["session-1-repeat"] == choice
    assert [set(one["byday"].split(",")) if one["byday"] else None for one in back["sessions"]] == [
        set(rule["byday"].split(",")) if "byday" in rule else None
    ]
    assert back["sessions"][0] | {"byday": None} == said["sessions"][0] | {"byday": None}
