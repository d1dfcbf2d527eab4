"""Signing in and out, and what guessing leads to."""

import contextlib
import re
import threading
import time
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from social_rx import accounts, clock, create_app, events, passwords, signing_in, throttle
from social_rx.db import db
from social_rx.errors import TooManyAttempts
from social_rx.throttle import SignInFailure
from social_rx.users import SYSTEM, Role, RoleAssignment, User
from tests import conftest, make

DOOR = "/password/change"
PASSWORD = "purple harvest kettle"
FIVE_MINUTES = timedelta(minutes=5)


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """Only the tests about time take the time that an answer does."""
    monkeypatch.setattr(signing_in, "RESET_SECONDS", 0)


@pytest.fixture
def priya(app):
    return accounts.add_user(
        SYSTEM, name="Priya Shah", email="priya@example.org", role=Role.LINK_WORKER, password=PASSWORD
    )


def sign_in(client, email="priya@example.org", password=PASSWORD, address="192.0.2.7", **more):
    return client.post(
        "/sign-in", data={"email": email, "password": password}, environ_base={"REMOTE_ADDR": address}, **more
    )


def is_in(client):
    return client.get(DOOR).status_code == 200


def test_somebody_signs_in_and_lands_on_their_start_page(client, priya):
    answer = sign_in(client)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert is_in(client)
    assert [event.name for event in events.timeline(priya)] == ["user.added", "user.signed_in"]


@pytest.mark.parametrize("typed", ["PRIYA@example.org", "  priya@example.org "])
def test_capitals_and_spaces_in_the_address_do_not_matter(client, priya, typed):
    sign_in(client, typed)

    assert is_in(client)


def test_a_password_matches_however_the_keyboard_composed_it(client):
    composed, decomposed = "caf\u00e9 harvest kettle", "cafe\u0301 harvest kettle"
    accounts.add_user(SYSTEM, name="Zoë", email="zoe@example.org", role=Role.EDITOR, password=composed)

    sign_in(client, "zoe@example.org", decomposed)

    assert is_in(client)


def test_after_signing_in_people_land_where_they_were_going(client, priya):
    sent = client.get(DOOR)

    answer = client.post(sent.headers["Location"], data={"email": priya.email, "password": PASSWORD})

    assert sent.headers["Location"] == "/sign-in?next=/password/change"
    assert answer.headers["Location"] == DOOR


def test_the_page_has_labels_helps_password_managers_and_lets_people_paste(client):
    page = client.get("/sign-in").text

    assert "Email address" in page
    assert 'autocomplete="username"' in page
    assert 'autocomplete="current-password"' in page
    assert "onpaste" not in page


def test_what_is_missing_is_told_and_the_password_never_comes_back(client):
    answer = sign_in(client, "priya", "a secret typed by mistake")

    assert answer.status_code == 422
    assert "<title>Error: Sign in" in answer.text
    assert re.search(r'href="#email"\s*>\s*Enter your email address, like name@example.com', answer.text)
    assert "a secret typed by mistake" not in answer.text


def nobody(user):
    db.session.execute(RoleAssignment.__table__.delete())
    db.session.delete(user)


def switched_off(user):
    user.active = False


def without_a_role(user):
    db.session.execute(RoleAssignment.__table__.delete())


def without_a_password(user):
    user.password = None


@pytest.mark.parametrize("kind", [nobody, switched_off, without_a_role, without_a_password], ids=lambda f: f.__name__)
@pytest.mark.parametrize("path", ["/sign-in", "/password/reset"])
def test_nobody_learns_whether_there_is_an_account(client, kind, path):
    user = make.user(Role.EDITOR, email="known@example.org", password=passwords.hashed(PASSWORD))
    form = {"email": "known@example.org"} | ({"password": "not the right one"} if path == "/sign-in" else {})
    known = client.post(path, data=form)
    kind(user)
    db.session.commit()

    unknown = client.post(path, data=form | ({"password": PASSWORD} if path == "/sign-in" else {}))

    assert (unknown.status_code, unknown.data) == (known.status_code, known.data)
    assert unknown.headers.getlist("Set-Cookie") == known.headers.getlist("Set-Cookie") == []


def test_looking_at_a_password_takes_as_long_when_there_is_no_account(client, priya, monkeypatch):
    looked_at = []
    for name in ("hash_password", "verify_password"):
        real = getattr(passwords, name)
        monkeypatch.setattr(passwords, name, lambda *given, real=real: looked_at.append(real) or real(*given))

    for email in (priya.email, "nobody@example.org"):
        sign_in(client, email, "not the right one")

    assert len(looked_at) == 2


@pytest.mark.parametrize("email", ["priya@example.org", "nobody@example.org"])
def test_asking_for_a_link_takes_as_long_when_there_is_no_account(client, priya, email, monkeypatch):
    monkeypatch.setattr(signing_in, "RESET_SECONDS", 0.3)
    begun = time.monotonic()

    client.post("/password/reset", data={"email": email})

    assert time.monotonic() - begun >= 0.3


def test_after_ten_wrong_passwords_even_the_right_one_must_wait_five_minutes(client, priya):
    with time_machine.travel(clock.now(), tick=False) as clocks:
        wrong = [sign_in(client, password=f"wrong {number}").status_code for number in range(10)]
        at_once = sign_in(client)
        clocks.shift(FIVE_MINUTES)
        later = sign_in(client)

    assert wrong == [422] * 10
    assert at_once.status_code == 429
    assert "Too many attempts. Wait 5 minutes, or phone us." in at_once.text
    assert later.status_code == 303


def test_an_account_that_does_not_exist_is_limited_just_the_same(client):
    answers = [sign_in(client, "nobody@example.org").status_code for _ in range(11)]

    assert answers == [422] * 10 + [429]


def test_guessing_from_many_addresses_at_one_account_is_stopped(client, priya):
    answers = [sign_in(client, password="wrong", address=f"192.0.{number}.1").status_code for number in range(11)]

    assert answers == [422] * 10 + [429]


def test_guessing_from_one_network_at_many_accounts_is_stopped_and_nobody_elses_is(client, priya):
    answers = [sign_in(client, f"user{n}@example.org", address=f"192.0.2.{n}").status_code for n in range(50)]

    stopped, elsewhere = sign_in(client, address="192.0.2.200"), sign_in(client, address="198.51.100.1")

    assert set(answers) == {422}
    assert (stopped.status_code, elsewhere.status_code) == (429, 303)


def test_the_capitals_of_an_address_do_not_give_more_guesses(client, priya):
    for number in range(10):
        sign_in(client, "priya@example.org"[:number].upper() + "priya@example.org"[number:], "wrong")

    assert sign_in(client).status_code == 429


def test_signing_in_does_not_count_and_neither_does_an_attempt_that_was_refused(client, priya):
    with time_machine.travel(clock.now(), tick=False) as clocks:
        for _ in range(12):
            assert sign_in(client).status_code == 303
        for _ in range(10):
            sign_in(client, password="wrong")
        clocks.shift(timedelta(minutes=4))
        refused = [sign_in(client).status_code for _ in range(20)]
        clocks.shift(timedelta(minutes=1))

        assert refused == [429] * 20
        assert sign_in(client).status_code == 303


def test_what_is_kept_of_an_attempt_names_nobody_and_is_swept(client, priya):
    with time_machine.travel(clock.now(), tick=False) as clocks:
        sign_in(client, password="wrong")
        kept = db.session.scalars(select(SignInFailure.key)).all()
        clocks.shift(timedelta(hours=3))
        sign_in(client, "somebody.else@example.org", address="198.51.100.1")
        left = db.session.scalars(select(SignInFailure.key)).all()

    assert len(kept) == 2
    assert all(re.fullmatch(r"[0-9a-f]{64}", key) for key in kept)
    assert not set(kept) & set(left)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        (None, "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_addresses_are_counted_by_network(address, network):
    assert throttle.network_of(address) == network


@pytest.mark.parametrize("kind", conftest.DATABASES)
def test_sending_all_guesses_at_the_same_moment_gives_no_more_of_them(kind, tmp_path):
    with conftest.empty_database(kind, tmp_path) as url:
        app = create_app(conftest.settings_for_tests(url, tmp_path))
        with app.app_context():
            db.create_all()
        allowed, start = [], threading.Barrier(20)

        def guess():
            start.wait()
            with app.app_context(), contextlib.suppress(TooManyAttempts):
                allowed.append(throttle.attempt({throttle.ACCOUNT: "priya@example.org"}))

        threads = [threading.Thread(target=guess) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        with app.app_context():
            db.engine.dispose()

    assert 1 <= len(allowed) <= 10


def test_signing_out_is_recorded_and_only_a_button_does_it(client, priya):
    client.sign_in(priya)

    looked, left = client.get("/sign-out"), client.post("/sign-out")

    assert (looked.status_code, left.status_code) == (405, 303)
    assert not is_in(client)
    assert "user.signed_out" in [event.name for event in events.timeline(priya)]


def test_signing_out_twice_is_no_mistake(client):
    assert client.post("/sign-out").status_code == 303


def test_nothing_but_a_session_opens_a_page(client, priya):
    with client.application.test_request_context():
        token = priya.get_auth_token()

    by_header = client.get(DOOR, headers={"Authentication-Token": token})
    by_address = client.get(DOOR, query_string={"auth_token": token})
    by_basic = client.get(DOOR, auth=(priya.email, PASSWORD))

    assert [answer.status_code for answer in (by_header, by_address, by_basic)] == [303] * 3


def test_signing_in_as_json_does_not_work(client, priya):
    answer = client.post("/sign-in", json={"email": priya.email, "password": PASSWORD})

    assert answer.status_code == 422
    assert not is_in(client)


def test_nobody_is_remembered_beyond_their_session(client, priya):
    sign_in(client)

    client.post("/sign-in", data={"email": priya.email, "password": PASSWORD, "remember": "y"})

    assert client.get_cookie("remember_token") is None


def test_a_hash_made_with_weaker_settings_is_renewed_at_the_next_sign_in(client, priya, monkeypatch):
    before = db.session.get_one(User, priya.id).password
    monkeypatch.setattr(passwords, "is_outdated", lambda kept: True)

    sign_in(client)

    after = db.session.get_one(User, priya.id).password
    assert after != before
    assert passwords.is_right(PASSWORD, after)
