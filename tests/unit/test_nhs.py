"""The bridge to the design system's macros, and the filters pages write with."""

import base64
import hashlib
from datetime import UTC, date, datetime
from enum import StrEnum
from types import SimpleNamespace

import pytest
from flask import Flask, render_template_string
from jinja2 import UndefinedError
from markupsafe import Markup

from social_rx import nhs

ATTACK = "<img src=x onerror=alert(1)>"


@pytest.fixture
def render():
    app = Flask(__name__)
    nhs.init_app(app)

    def render_in_its_own_context(template, **values):
        with app.test_request_context():
            return render_template_string(template, **values)

    return render_in_its_own_context


@pytest.mark.parametrize(
    "template",
    [
        '{{ nhs_tag({"html": name}) }}',
        '{{ nhs_tag({"html": name ~ "<br>"}) }}',
        '{{ nhs_button({"text": "Go", "attributes": name}) }}',
        '{{ nhs_summaryList({"rows": [{"key": {"text": "Name"}, "value": {"html": name}}]}) }}',
        '{{ nhs_notificationBanner({"titleHtml": name, "text": "Saved"}) }}',
        '{{ nhs_table({"rows": [[{"html": [name]}]]}) }}',
    ],
)
def test_plain_text_is_refused_where_a_macro_would_print_it_unescaped(render, template):
    with pytest.raises(nhs.UnsafeHtml):
        render(template, name=ATTACK)


def test_an_iterator_is_refused_because_looking_inside_would_use_it_up(render):
    rows = ({"key": {"text": "Name"}, "value": {"html": ATTACK}} for _ in range(1))

    with pytest.raises(nhs.UnsafeHtml):
        render('{{ nhs_summaryList({"rows": rows}) }}', rows=rows)


def test_a_fragment_made_in_a_template_is_accepted_and_the_name_in_it_escaped(render):
    page = render('{% set cell %}{{ name }}<br>{% endset %}{{ nhs_tag({"html": cell}) }}', name=ATTACK)

    assert "&lt;img src=x onerror=alert(1)&gt;<br>" in page
    assert "<img" not in page


def test_text_is_escaped_once(render):
    page = render('{{ nhs_tag({"text": name}) }}', name="Fish & chips <b>")

    assert "Fish &amp; chips &lt;b&gt;" in page


def test_a_block_can_be_handed_to_a_macro(render):
    page = render('{% call nhs_details({"summaryText": "More"}) %}<p>{{ name }}</p>{% endcall %}', name=ATTACK)

    assert "<p>&lt;img" in page


@pytest.mark.parametrize(
    "template",
    [
        "{{ naem }}",
        "{{ person.naem }}",
        "{% if naem %}{% endif %}",
        '{{ nhs_tag({"text": naem}) }}',
        '{{ nhs_tag({"text": person.naem}) }}',
        '{{ nhs_table({"rows": [[{"html": naem}]]}) }}',
        '{{ nhs_tga({"text": "Full"}) }}',
    ],
)
def test_a_typo_in_our_templates_is_an_error_not_an_empty_space(render, template):
    with pytest.raises(UndefinedError):
        render(template, person={"name": "Margaret"})


def test_the_boot_script_is_allowed_by_its_own_hash(render):
    script = render("{{ boot_script }}")

    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"sha256-{digest}" == nhs.BOOT_SCRIPT_HASH


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (date(2018, 8, 6), "6 August 2018"),
        (datetime(2026, 11, 20, 10, 15, tzinfo=UTC), "20 November 2026"),
        (datetime(2026, 7, 31, 23, 30, tzinfo=UTC), "1 August 2026"),
    ],
)
def test_a_day_is_written_in_full_as_it_was_in_england(when, shown):
    assert nhs.day(when) == shown


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        (datetime(2026, 11, 20, 10, 15, tzinfo=UTC), "20 November 2026 at 10:15am"),
        (datetime(2026, 6, 1, 13, 0, tzinfo=UTC), "1 June 2026 at 2pm"),
        (datetime(2026, 11, 20, 12, 0, tzinfo=UTC), "20 November 2026 at midday"),
        (datetime(2026, 11, 20, 12, 5, tzinfo=UTC), "20 November 2026 at 12:05pm"),
        (datetime(2026, 6, 1, 23, 0, tzinfo=UTC), "2 June 2026 at midnight"),
        (datetime(2026, 11, 20, 0, 5, tzinfo=UTC), "20 November 2026 at 12:05am"),
    ],
)
def test_a_moment_is_the_time_on_the_wall_in_england(when, shown):
    assert nhs.moment(when) == shown


@pytest.mark.parametrize("show", [nhs.day, nhs.moment])
def test_a_time_without_a_zone_is_not_guessed_at(show):
    with pytest.raises(ValueError, match="without a zone"):
        show(datetime(2026, 11, 20, 10, 15))


def test_an_nhs_number_is_grouped_and_stays_on_one_line():
    shown = nhs.nhs_number("9990000018")

    assert shown == Markup('<span class="nhsuk-u-nowrap">999 000 0018</span>')


def test_something_else_in_place_of_an_nhs_number_is_shown_as_it_is_and_escaped():
    assert "&lt;img" in nhs.nhs_number(ATTACK)


@pytest.mark.parametrize(
    ("km", "shown"),
    [(0.64, "0.4 miles"), (1.609, "1 mile"), (3.2187, "2 miles"), (20, "12.4 miles"), (0.02, "less than 0.1 miles")],
)
def test_a_distance_is_shown_in_miles(km, shown):
    assert nhs.miles(km) == shown


def test_a_status_is_shown_as_words():
    class Status(StrEnum):
        IN_TRIAGE = "in_triage"

    assert nhs.words(Status.IN_TRIAGE) == "In triage"


def test_a_choice_may_carry_a_hint():
    items = [("yes", "Yes"), ("no", "No", "Offer a leaflet")]

    assert nhs.choices(items) == [
        {"value": "yes", "text": "Yes", "hint": ""},
        {"value": "no", "text": "No", "hint": "Offer a leaflet"},
    ]


def test_each_mistake_links_to_where_it_can_be_put_right():
    form = SimpleNamespace(
        values={"name": "", "born-day": "31"},
        errors={"name": "Enter a name", "born": "Enter a real date", "_form": "Somebody else changed this"},
    )

    links = nhs.error_links(form)

    assert [link["href"] for link in links] == ["#name", "#born-day", ""]
