"""The edge: what may come in, how a refusal is shown, and the headers on everything that goes out."""

import itertools
import json
from urllib.parse import urlsplit

import pytest
from flask import request
from hypothesis import given
from hypothesis import strategies as st

from social_rx import strict_request, web
from social_rx.access import public
from social_rx.errors import InvalidInput
from social_rx.users import Role
from tests import make
from tests.web import planted

FAULT = "details of person 9990000018"


@public
def echo():
    return {"said": request.get_json()}


@public
def fail():
    raise RuntimeError(FAULT)


@public
def refuse():
    raise InvalidInput("Check what you sent.", {"reason": ["Select a reason."]})


@public
def refuse_much():
    raise InvalidInput("Check what you sent.", {"first": ["Enter less."], "lines": {n: ["No."] for n in range(1_000)}})


@public
def take():
    return f"taken {request.form.get('text', '')}"


DOORS = [
    ("POST", "/api/v1/echo", echo),
    ("GET", "/api/v1/fail", fail),
    ("GET", "/api/v1/refuse", refuse),
    ("GET", "/api/v1/refuse-much", refuse_much),
    ("GET", "/fail", fail),
    ("POST", "/take", take),
    ("POST", "/api/v1/take", take),
]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with planted.application("sqlite", tmp_path_factory.mktemp("site"), DOORS) as app:
        yield app.test_client()


def send(site, body):
    return site.post("/api/v1/echo", data=body, content_type="application/json")


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": -Infinity}',
        b'{"a": 1e400}',
        b'{"a": 1, "a": 2}',
        b'{"b": {"a": 1, "\\u0061": 2}}',
        b'{"a": "\\ud800"}',
        b'{"\\udfff": 1}',
        b'{"a": "\\u0000"}',
        b'{"a": "\x00"}',
        b'{"a": ' + b"9" * 19 + b"}",
        b"[" * 33 + b"]" * 33,
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe{",
        b"\xef\xbb\xbf{}",
        b'{"a": 1',
        b"{'a': 1}",
        b"",
        b"a=1",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_not_quite_json_is_refused(site, body):
    answer = send(site, body)

    assert answer.status_code == 400
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "bad_request"


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_json_says_that_it_is_json(site, content_type):
    assert site.post("/api/v1/echo", data=b"{}", content_type=content_type).status_code == 400


plain = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), inner, max_size=4
        )
    ),
    max_leaves=20,
)


@given(plain)
def test_what_is_json_comes_in_as_it_was_sent(value):
    assert strict_request.strict_json(json.dumps(value).encode()) == value
    assert strict_request.strict_json(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.binary(max_size=200) | st.text(alphabet='{}[]",:\\ud8001eE+-.0 NaIfinty\x00', max_size=60).map(str.encode))
def test_whatever_comes_in_is_read_or_refused_and_nothing_else(body):
    try:
        value = strict_request.strict_json(body)
    except ValueError:
        return
    assert value == json.loads(body)


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "nonsense"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://evil.example/localhost"},
        {"Origin": "http://localhost:81"},
        {"Origin": "localhost"},
        {"Origin": "http://["},
    ],
)
@pytest.mark.parametrize(
    "path", ["/take", "/api/v1/take", "/sign-in", "/sign-out", "/password/reset", "/password/change"]
)
def test_a_write_that_another_site_sends_is_refused(site, headers, path):
    answer = site.post(path, data={"text": "x"}, headers=headers)

    assert answer.status_code == 403
    assert "This came from another site." in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
    ],
)
def test_a_write_from_our_own_page_or_from_a_program_is_taken(site, headers):
    assert site.post("/take", data={"text": "x"}, headers=headers).status_code == 200


def test_a_form_has_as_many_fields_as_somebody_would_fill_in_and_no_more(site):
    fields = {f"field-{number}": "x" for number in range(strict_request.MOST_FORM_FIELDS)}

    answers = [site.post("/take", data=sent) for sent in (fields, fields | {"text": ["x"]}, {"text": ["x"] * 2_000})]

    assert [answer.status_code for answer in answers] == [200, 413, 413]


@pytest.mark.parametrize("body", [{str(n): n for n in range(6_000)}, [[1] * 3_000, [1] * 3_000], [{}] * 6_000])
def test_json_holds_as_much_as_a_record_and_no_more(site, body):
    assert send(site, json.dumps(body)).status_code == 400


def test_of_a_thousand_things_that_are_wrong_the_first_twenty_are_said(site):
    errors = site.get("/api/v1/refuse-much").json["errors"]

    assert errors["first"] == ["Enter less."]
    assert sum(len(said) for said in errors["lines"].values()) == web.MOST_ERRORS - 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "POST"])
def test_no_way_of_writing_gets_around_that(site, method):
    answer = site.open("/take", method=method, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code in {403, 405}


ANSWERS = {
    "page": ("GET", "/sign-in", 200, {}),
    "file": ("GET", "/static/app.css", 200, {}),
    "redirect": ("GET", "/password/change", 303, {}),
    "not found": ("GET", "/nowhere", 404, {}),
    "not found, api": ("GET", "/api/v1/nowhere", 404, {}),
    "wrong method": ("GET", "/take", 405, {}),
    "wrong method, api": ("DELETE", "/api/v1/echo", 405, {}),
    "too large": ("POST", "/take", 413, {"data": {"text": "x" * 1_100_000}}),
    "too large, api": ("POST", "/api/v1/echo", 413, {"data": b"x" * 1_100_000, "content_type": "application/json"}),
    "refused": ("POST", "/take", 403, {"headers": {"Sec-Fetch-Site": "cross-site"}}),
    "our fault": ("GET", "/fail", 500, {}),
    "our fault, api": ("GET", "/api/v1/fail", 500, {}),
    "health": ("GET", "/healthz", 200, {}),
}


@pytest.mark.parametrize(("method", "path", "status", "more"), ANSWERS.values(), ids=ANSWERS.keys())
def test_every_answer_carries_the_headers(site, method, path, status, more):
    answer = site.open(path, method=method, buffered=True, **more)

    assert answer.status_code == status
    assert web.HEADERS.items() <= dict(answer.headers).items()
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    if path != "/static/app.css":
        assert answer.headers["Cache-Control"] == "no-store"
        assert {"Cookie", "Accept"} <= {part.strip() for part in answer.headers["Vary"].split(",")}


@pytest.mark.parametrize("name", [name for name, (_, path, *_) in ANSWERS.items() if "api" in path])
def test_a_refusal_of_the_api_is_a_problem_document(site, name):
    method, path, status, more = ANSWERS[name]

    answer = site.open(path, method=method, **more)

    assert answer.content_type == "application/problem+json"
    assert answer.json.keys() >= {"type", "title", "status", "code"}
    assert answer.json["status"] == status


def test_a_form_that_is_wrong_says_which_field(site):
    answer = site.get("/api/v1/refuse")

    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
    assert answer.json["errors"] == {"reason": ["Select a reason."]}


def test_a_wrong_method_says_which_are_right(site):
    assert "POST" in site.get("/api/v1/echo").headers["Allow"]


@pytest.mark.parametrize("path", ["/fail", "/api/v1/fail"])
def test_a_fault_of_ours_gives_a_code_to_quote_and_nothing_of_the_cause(site, path, caplog):
    answer = site.get(path)

    assert FAULT not in answer.text
    [code] = [record.args[0] for record in caplog.records if record.name == "social_rx.web"]
    assert code in answer.text


@pytest.mark.parametrize("path", ["/sign-in?next=%00", "/nowhere%00", "/api/v1/nowhere?q=%00", "/password/reset/%00"])
def test_characters_that_no_database_takes_break_nothing(site, path):
    assert site.get(path).status_code == 400


def test_a_name_of_the_site_that_we_do_not_answer_to_is_refused(tmp_path):
    with planted.application("sqlite", tmp_path, [], TRUSTED_HOSTS=["directory.example.org"]) as app:
        client = app.test_client()

        ours = client.get("/sign-in", base_url="http://directory.example.org")
        forged = client.get("/sign-in", base_url="http://evil.example")

    assert (ours.status_code, forged.status_code) == (200, 400)


@pytest.mark.parametrize(("env", "said"), [("production", web.ONLY_HTTPS), ("demo", None)])
def test_production_tells_browsers_to_come_by_https_alone(tmp_path, env, said):
    with planted.application("sqlite", tmp_path, []) as app:
        app.config["ENV"] = env
        answer = app.test_client().get("/healthz")

    assert answer.headers.get("Strict-Transport-Security") == said


@pytest.mark.parametrize(("proxies", "seen"), [(0, "127.0.0.1"), (1, "203.0.113.9")])
def test_the_address_a_proxy_reports_counts_only_when_the_proxy_is_ours(tmp_path, proxies, seen):
    doors = [("GET", "/where", public(lambda: request.remote_addr))]
    with planted.application("sqlite", tmp_path, doors, PROXIES=proxies) as app:
        answer = app.test_client().get("/where", headers={"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})

    assert answer.text == seen


BEFORE = [
    "",
    "/",
    "//",
    "///",
    "\\",
    "/\\",
    "\\/",
    "\t//",
    " //",
    "/\t/",
    "/\r\n/",
    "https:",
    "https://",
    "http:/",
    "/%2f",
    "/%5c",
]
AFTER = ["evil.example", "evil.example/sign-in", "@evil.example", "evil.example\\.localhost", "localhost@evil.example"]
SCRIPTS = [
    "javascript:alert(1)",
    "data:text/html,x",
    "/sign-out",
    "/nowhere",
    "security.login",
    "/sign-in\r\nX: y",
    "?next=x",
]
AWAY = [a + b for a, b in itertools.product(BEFORE, AFTER)] + SCRIPTS


def test_next_never_leads_off_the_site_nor_to_what_is_no_page(client):
    client.sign_in(make.user(Role.EDITOR))

    landed = {wanted: client.get("/sign-in", query_string={"next": wanted}) for wanted in AWAY}

    assert {answer.status_code for answer in landed.values()} == {303}
    assert {
        wanted: answer.headers["Location"] for wanted, answer in landed.items() if answer.headers["Location"] != "/"
    } == {}


@pytest.mark.parametrize("wanted", ["/password/change", "/password/change?from=menu", "/"])
def test_next_leads_to_a_page_of_ours(client, wanted):
    client.sign_in(make.user(Role.EDITOR))

    answer = client.get("/sign-in", query_string={"next": wanted})

    assert answer.headers["Location"] == wanted
    assert urlsplit(answer.headers["Location"]).netloc == ""
