"""The frame of every page, the fields of every form, and the files they load."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Blueprint, Flask, flash, render_template, render_template_string

from social_rx import nhs

HOUSE = Path(__file__).parents[2] / "social_rx"
VENDOR = HOUSE / "static" / "vendor"
ATTACK = '"><img src=x onerror=alert(1)>'

PAGE = """
{% extends "base.html" %}
{% import "macros/forms.html" as forms %}
{% block title %}Refer{% endblock %}
{% block before %}{{ before }}{% endblock %}
{% block content %}
{{ forms.error_summary(form) }}
<h1>Refer</h1>
FIELD
{% endblock %}
"""

FIELDS = {
    "text": '{{ forms.text(form, "field", label, hint=hint) }}',
    "textarea": '{{ forms.textarea(form, "field", label, hint=hint) }}',
    "radios": '{{ forms.radios(form, "field", label, items, hint=hint) }}',
    "checkboxes": '{{ forms.checkboxes(form, "field", label, items, hint=hint) }}',
    "select": '{{ forms.select(form, "field", label, items, hint=hint) }}',
    "date": '{{ forms.date(form, "field", label, hint=hint) }}',
}
every_field = pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS.keys())


class Parsed(HTMLParser):
    """A page as a list of its elements: attributes, tag, and the text before anything else in it."""

    def __init__(self, html):
        super().__init__()
        self.html, self.elements, self.inside = html, [], {"text": ""}
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.inside = {**dict(attributes), "tag": tag, "text": ""}
        self.elements.append(self.inside)

    def handle_endtag(self, tag):
        self.inside = {"text": ""}

    def handle_data(self, data):
        self.inside["text"] += data.strip()

    def all(self, **wanted):
        return [element for element in self.elements if wanted.items() <= element.items()]

    def one(self, **wanted):
        [element] = self.all(**wanted)
        return element


@pytest.fixture
def context():
    """What web.py gives to every page."""
    return {"signed_in": None, "navigation": []}


@pytest.fixture
def app(context):
    app = Flask(__name__, template_folder=HOUSE / "templates", static_folder=HOUSE / "static")
    app.config.update(
        SECRET_KEY="frame",
        SERVICE_NAME="Social Rx",
        HELP_PHONE="01632 960 100",
        HELP_HOURS="Monday to Friday, 9am to 5pm",
    )
    auth = Blueprint("security", __name__)
    auth.add_url_rule("/sign-out", "logout", lambda: "", methods=["POST"])
    app.register_blueprint(auth)
    app.context_processor(lambda: context)
    nhs.init_app(app)
    return app


@pytest.fixture
def show(app):
    """Show a page with one form field, each in a request of its own."""

    def page(field="", values=(), errors=(), messages=(), **given):
        form = SimpleNamespace(values=dict(values), errors=dict(errors))
        items = [("red", "Red"), ("blue", "Blue", "Like the sky")]
        known = {"form": form, "before": "", "label": "Question", "hint": "", "items": items, **given}
        with app.test_request_context():
            for message in messages:
                flash(message)
            return Parsed(render_template_string(PAGE.replace("FIELD", field), **known))

    return page


def test_a_page_says_its_language_its_name_and_whose_it_is(show):
    page = show()

    assert page.one(tag="html")["lang"] == "en-GB"
    assert page.one(tag="title")["text"] == "Refer - Social Rx"
    assert len(page.all(tag="h1")) == 1


def test_the_first_thing_on_a_page_is_the_way_past_the_menu(show):
    page = show()

    first = next(element for element in page.elements if element["tag"] in {"a", "button", "input"})
    assert first["href"] == "#maincontent"
    assert page.one(id="maincontent")["tag"] == "main"


def test_the_only_inline_script_is_the_one_the_policy_allows(show):
    page = show()

    [inline] = [script["text"] for script in page.all(tag="script") if "src" not in script]
    assert "sha256-" + base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode() == nhs.BOOT_SCRIPT_HASH
    assert not any("style" in element or "onclick" in element for element in page.elements)
    assert not page.all(tag="style")


def test_every_file_the_frame_loads_is_there_and_ours(show, app):
    page = show()

    addresses = [element["href"] for element in page.all(tag="link")]
    addresses += [element["src"] for element in page.all(tag="script") if "src" in element]
    client = app.test_client()
    assert len(addresses) == 4
    assert {client.get(address, buffered=True).status_code for address in addresses} == {200}


def test_a_visitor_sees_no_account_and_no_sign_out(show):
    page = show()

    assert not page.all(tag="form")
    assert not page.all(tag="nav")


def test_someone_signed_in_sees_their_name_and_signs_out_by_post(show, context):
    context["signed_in"] = SimpleNamespace(name="Priya Shah", role_label="Link worker")

    page = show()

    form = page.one(tag="form")
    assert (form["method"], form["action"]) == ("post", "/sign-out")
    assert "Priya Shah" in page.html


def test_the_menu_marks_where_you_are(show, context):
    context["navigation"] = [
        {"text": "My caseload", "href": "/caseload", "current": True},
        {"text": "Find a service", "href": "/find", "current": False},
    ]

    page = show()

    assert page.one(**{"aria-current": "page"})["href"] == "/caseload"
    assert page.one(tag="a", text="Find a service")["href"] == "/find"


def test_help_and_the_legal_pages_are_at_the_foot_of_every_page(show):
    page = show()

    assert page.one(tag="a", text="01632 960 100")["href"] == "tel:01632960100"
    assert {"/accessibility", "/privacy"} <= {link.get("href") for link in page.all(tag="a")}


def test_a_way_back_is_a_landmark_of_its_own_and_never_two(show, app):
    with app.test_request_context():
        back = render_template_string('{{ nhs_backLink({"text": "Back", "href": "/find"}) }}')
        trail = render_template_string('{{ nhs_breadcrumb({"items": [{"text": "Home", "href": "/"}]}) }}')

    backed, trailed = show(before=nhs.Markup(back)), show(before=nhs.Markup(trail))

    assert [nav["aria-label"] for nav in backed.all(tag="nav")] == ["Back"]
    assert [nav["aria-label"] for nav in trailed.all(tag="nav")] == ["Breadcrumb"]


def test_what_was_done_is_announced_and_only_the_first_notice_takes_the_focus(show):
    page = show(messages=["Contact saved", "Task added"])

    notices = page.all(role="alert")
    assert [notice["tabindex"] for notice in notices] == ["-1", "-1"]
    assert [notice["data-disable-auto-focus"] for notice in notices] == ["false", "true"]
    assert len({notice["aria-labelledby"] for notice in notices}) == 2


def test_a_page_with_mistakes_says_so_in_its_title(show):
    page = show(errors={"field": "Enter something"})

    assert page.one(tag="title")["text"] == "Error: Refer - Social Rx"


@every_field
def test_a_mistake_is_told_at_the_field_and_linked_from_the_summary(show, field):
    page = show(field, values={"field-day": "31"} if "date" in field else {}, errors={"field": "Select or enter it"})

    link = page.one(tag="a", text="Select or enter it")
    target = page.one(id=link["href"].removeprefix("#"))
    assert target["tag"] in {"input", "textarea", "select"}
    described = [element["aria-describedby"] for element in page.elements if "aria-describedby" in element]
    assert "field-error" in described[0].split()
    assert "Select or enter it" in page.html[page.html.index('id="field-error"') :]


@every_field
def test_a_field_without_a_mistake_mentions_none(show, field):
    page = show(field)

    assert "error" not in page.html


@every_field
def test_a_hint_is_read_out_with_its_field(show, field):
    page = show(field, hint="Leave out medical history")

    described = [element["aria-describedby"] for element in page.elements if "aria-describedby" in element]
    assert described[0] == page.one(text="Leave out medical history")["id"]


@every_field
def test_only_an_optional_field_says_so(show, field):
    asked, optional = (
        show(field),
        show(field.replace("label, ", "label, optional=true, ").replace("items, ", "items=items, ")),
    )

    assert "(optional)" not in asked.html
    assert optional.html.count("Question (optional)") == 1


def test_what_was_typed_is_kept(show):
    values = {"field": "Margaret", "field-day": "31", "field-month": "2", "field-year": "1954"}

    text, area, date = (show(FIELDS[kind], values) for kind in ("text", "textarea", "date"))

    assert text.one(id="field")["value"] == "Margaret"
    assert area.one(id="field")["text"] == "Margaret"
    assert [date.one(id=f"field-{part}")["value"] for part in ("day", "month", "year")] == ["31", "2", "1954"]


def test_what_was_chosen_is_kept(show):
    radios, select = (show(FIELDS[kind], {"field": "blue"}) for kind in ("radios", "select"))
    one, both = (show(FIELDS["checkboxes"], {"field": ticked}) for ticked in ("blue", ["red", "blue"]))

    assert [choice["value"] for choice in radios.elements if "checked" in choice] == ["blue"]
    assert [choice["value"] for choice in select.elements if "selected" in choice] == ["blue"]
    assert [choice["value"] for choice in one.elements if "checked" in choice] == ["blue"]
    assert [choice["value"] for choice in both.elements if "checked" in choice] == ["red", "blue"]


def test_a_date_we_know_fills_the_three_boxes(show):
    page = show(FIELDS["date"], {"field": "1954-03-27"})

    assert [page.one(id=f"field-{part}")["value"] for part in ("day", "month", "year")] == ["27", "03", "1954"]


def test_a_mistake_in_a_hidden_field_or_in_the_whole_form_is_still_told(show):
    errors = {"field": "Start again from the list", "_form": "Somebody else changed this"}

    page = show('{{ forms.hidden(form, "field") }}', {"field": "7"}, errors)

    assert page.one(id="field")["value"] == "7"
    assert page.one(tag="a", text="Start again from the list")["href"] == "#field"
    assert page.one(text="Somebody else changed this")["tag"] == "li"


def test_a_button_says_which_one_was_pressed_and_survives_a_double_click(show):
    page = show('{{ forms.button("No answer", name="kind", value="no_answer", classes="nhsuk-button--secondary") }}')

    button = page.one(tag="button")
    assert (button["name"], button["value"], button["text"]) == ("kind", "no_answer", "No answer")
    assert button["data-prevent-double-click"] == "true"


@every_field
def test_markup_in_anything_a_person_wrote_comes_out_as_text(show, context, field):
    context["signed_in"] = SimpleNamespace(name=ATTACK, role_label=ATTACK)
    context["navigation"] = [{"text": ATTACK, "href": ATTACK, "current": True}]
    values = {"field": ATTACK, "field-day": ATTACK}
    items = [(ATTACK, ATTACK, ATTACK)]

    page = show(field, values, {"field": ATTACK, "_form": ATTACK}, [ATTACK], label=ATTACK, hint=ATTACK, items=items)

    assert not page.all(tag="img")
    assert "onerror" in page.html


def test_an_error_page_says_what_happened_and_what_to_do(app):
    actions = ["Ask your practice manager", {"text": "Find a service", "href": "/find"}]

    with app.test_request_context():
        html = render_template("error.html", status=403, title="Not yours", message=ATTACK, actions=actions)

    page = Parsed(html)
    assert page.one(tag="h1")["text"] == "Not yours"
    assert page.one(tag="title")["text"] == "Not yours - Social Rx"
    assert page.one(tag="a", text="Find a service")["href"] == "/find"
    assert page.all(tag="li", text="Ask your practice manager")
    assert not page.all(tag="img")


def test_the_vendored_files_are_the_ones_we_looked_at():
    lines = (VENDOR / "SHA256SUMS").read_text().splitlines()

    expected = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {path.relative_to(VENDOR).as_posix(): path for path in VENDOR.rglob("*") if path.is_file()}
    del found["SHA256SUMS"]
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == expected
    assert json.loads((VENDOR / "VERSIONS.json").read_text()).keys() == {"nhsuk-frontend", "swagger-ui-dist"}


def test_every_package_comes_with_its_licence():
    assert all((VENDOR / package / "LICENSE").is_file() for package in ("nhsuk", "swagger-ui"))


@pytest.mark.parametrize("sheet", sorted((HOUSE / "static").rglob("*.css")), ids=lambda path: path.name)
def test_no_style_sheet_loads_anything_from_elsewhere(sheet):
    css = sheet.read_text()

    addresses = re.findall(r"""url\(["']?([^"')]+)""", css)
    assert "http" not in css
    assert "Frutiger" not in css
    assert all((sheet.parent / address).is_file() for address in addresses)
