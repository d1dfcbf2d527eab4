"""Sessions: what opens one, what ends one, and that an old key never opens anything again."""

import hashlib
from datetime import timedelta

import pytest
import time_machine
from flask import flash
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from social_rx import accounts, clock, create_app, sessions, signing_in
from social_rx.access import public
from social_rx.db import db
from social_rx.sessions import StoredSession
from social_rx.users import SYSTEM, Role, RoleAssignment
from tests import conftest, make
from tests.support import recorded_queries
from tests.web import planted

DOOR = "/password/change"  # open to every role, and to nobody else
PASSWORD = "purple harvest kettle"
CHANGES = ("INSERT", "UPDATE", "DELETE")


def is_in(client):
    return client.get(DOOR).status_code == 200


def key(client):
    cookie = client.get_cookie("session")
    return cookie.value if cookie else None


def hash_of(secret):
    return hashlib.sha256(secret.encode()).hexdigest()


def stored():
    return list(db.session.scalars(select(StoredSession)))


@pytest.fixture
def priya(app):
    return accounts.add_user(SYSTEM, name="Priya Shah", email="priya@example.org", role=Role.EDITOR, password=PASSWORD)


def sign_out(client, user):
    client.post("/sign-out")


def change_password(client, user):
    client.post(DOOR, data={"current_password": PASSWORD, "new_password": "another long secret"})


def reset_password(client, user):
    signing_in.ask_for_reset(user.email, "here", lambda token: f"token:{token}:")
    body = client.application.extensions["outbox"][-1].body
    signing_in.reset_password(body.split("token:")[1].split(":")[0], password="another long secret")


def be_given_a_password(client, user):
    accounts.set_password(SYSTEM, user.id, "another long secret")


def be_switched_off(client, user):
    accounts.switch_off(SYSTEM, user.id)


def lose_the_role(client, user):
    assignment = db.session.scalar(select(RoleAssignment).where(RoleAssignment.user_id == user.id))
    assignment.ends_on = clock.today() - timedelta(days=1)
    make.save(assignment)


ENDS = [sign_out, change_password, reset_password, be_given_a_password, be_switched_off, lose_the_role]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_an_old_key_opens_nothing_after(end, client, priya):
    old = key(client.sign_in(priya))
    assert is_in(client)

    end(client, priya)

    thief = client.application.test_client()
    thief.set_cookie("session", old)
    assert not is_in(thief)
    assert end is lose_the_role or hash_of(old) not in {row.hash for row in stored()}


def test_whoever_changes_their_password_stays_signed_in_under_a_new_key(client, priya):
    old = key(client.sign_in(priya))

    change_password(client, priya)

    assert is_in(client)
    assert key(client) != old


def test_changing_the_password_on_one_machine_ends_the_session_on_another(app, priya):
    here, there = app.test_client().sign_in(priya), app.test_client().sign_in(priya)

    change_password(here, priya)

    assert not is_in(there)


def test_a_session_ends_half_an_hour_after_the_last_click(client, priya):
    with time_machine.travel(clock.now(), tick=False) as clocks:
        client.sign_in(priya)
        clocks.shift(timedelta(minutes=29))
        used = is_in(client)
        clocks.shift(timedelta(minutes=29))
        used_again = is_in(client)
        clocks.shift(timedelta(minutes=31))
        too_late = is_in(client)

    assert (used, used_again, too_late) == (True, True, False)


def test_a_session_ends_after_twelve_hours_however_busy_it_is(client, priya):
    with time_machine.travel(clock.now(), tick=False) as clocks:
        client.sign_in(priya)
        busy = []
        for _ in range(37):
            clocks.shift(timedelta(minutes=20))
            busy.append(is_in(client))

    assert busy == [True] * 35 + [False] * 2


def test_the_browser_keeps_a_random_key_and_the_database_only_its_hash(client, priya):
    client.sign_in(priya)

    [row] = stored()
    assert len(key(client)) == 43
    assert row.hash == hash_of(key(client))
    assert row.user_id == priya.id


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, priya):
    answer = client.post("/sign-in", data={"email": priya.email, "password": PASSWORD})

    [cookie] = answer.headers.getlist("Set-Cookie")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Expires" not in cookie


def test_a_key_planted_before_sign_in_is_not_the_key_afterwards(client, priya):
    client.set_cookie("session", "planted-by-somebody-else")

    client.post("/sign-in", data={"email": priya.email, "password": PASSWORD})

    assert key(client) != "planted-by-somebody-else"
    thief = client.application.test_client()
    thief.set_cookie("session", "planted-by-somebody-else")
    assert is_in(client)
    assert not is_in(thief)


def test_signing_in_again_ends_the_session_before(client, priya):
    old = key(client.sign_in(priya))

    client.post("/sign-in", data={"email": priya.email, "password": PASSWORD})

    assert len(stored()) == 1
    assert key(client) != old


def test_nothing_of_the_person_before_is_left_in_the_session_of_the_next(client, priya):
    client.sign_in(make.user(Role.EDITOR))
    with client.session_transaction(method="POST") as opened:
        opened["note"] = "theirs alone"

    client.post("/sign-in", data={"email": priya.email, "password": PASSWORD})

    [row] = stored()
    assert "theirs alone" not in row.data


def test_taking_on_another_role_moves_the_session_to_a_new_key_without_prolonging_it(client, priya):
    old = key(client.sign_in(priya))
    [ends_at] = [row.ends_at for row in stored()]

    with client.session_transaction(method="POST") as opened:
        opened.move()

    assert key(client) != old
    assert [row.ends_at for row in stored()] == [ends_at]
    assert is_in(client)


@pytest.mark.parametrize("path", ["/sign-in", "/password/reset", "/healthz", "/readyz", "/nowhere", DOOR])
def test_a_visitor_who_reads_leaves_nothing_behind(path, client):
    client.get(path)  # the first request of all makes templates

    with recorded_queries() as statements:
        answer = client.get(path)

    assert [statement for statement in statements if statement.startswith(CHANGES)] == []
    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    ("method", "path", "kept"), [("GET", "/note", 0), ("POST", "/note", 1), ("POST", "/api/v1/note", 0)]
)
def test_only_a_page_that_may_change_something_keeps_a_note_for_a_visitor(method, path, kept, tmp_path):
    @public
    def note():
        flash("For next time.")
        return "noted"

    with planted.application("sqlite", tmp_path, [(method, path, note)]) as app:
        answer = app.test_client().open(path, method=method)

        assert answer.text == "noted"
        assert len(stored()) == len(answer.headers.getlist("Set-Cookie")) == kept


def test_what_a_visitor_asks_of_files_and_health_touches_no_session_even_with_a_key(client, priya):
    client.sign_in(priya)

    with recorded_queries() as statements:
        client.get("/static/icon.svg", buffered=True)
        client.get("/healthz")
        client.get("/api/v1/nothing")

    assert not [statement for statement in statements if "sessions" in statement]


def test_that_somebody_was_here_is_written_at_most_once_a_minute(client, priya):
    with time_machine.travel(clock.now(), tick=False) as clocks:
        client.sign_in(priya)
        with recorded_queries() as soon:
            clocks.shift(timedelta(seconds=59))
            is_in(client)
        with recorded_queries() as later:
            clocks.shift(timedelta(seconds=1))
            is_in(client)

    assert [statement for statement in soon if statement.startswith(CHANGES)] == []
    assert [statement.split()[0:2] for statement in later if statement.startswith(CHANGES)] == [["UPDATE", "sessions"]]


def test_sessions_that_have_run_out_are_swept_when_the_next_one_starts(client, priya):
    with time_machine.travel(clock.now(), tick=False) as clocks:
        client.sign_in(priya)
        clocks.shift(timedelta(hours=1))
        client.application.test_client().sign_in(priya)

        assert len(stored()) == 1


def test_a_session_ended_while_a_request_was_under_way_stays_ended(client, priya):
    client.sign_in(priya)

    with client.session_transaction(method="POST") as opened:
        sessions.revoke_sessions(priya.id)
        opened["note"] = "written too late"

    assert stored() == []


def test_a_key_that_opens_nothing_is_taken_from_the_browser(client):
    client.set_cookie("session", "long-gone")

    client.get("/sign-in")

    assert key(client) is None


@pytest.mark.parametrize("strange", ["", "é", "a" * 4000, '"quoted"', "a=b"])
def test_a_key_that_we_never_gave_out_opens_nothing_and_breaks_nothing(client, strange):
    answer = client.get(DOOR, headers={"Cookie": f"session={strange}".encode().decode("latin-1")})

    assert answer.status_code == 303


def test_two_people_one_after_the_other_are_not_taken_for_each_other(client, priya):
    sam = make.user(Role.PROVIDER)
    client.sign_in(priya)
    is_in(client)
    client.post("/sign-out")

    client.sign_in(sam)
    client.post(DOOR, data={"current_password": PASSWORD, "new_password": "another long secret"})

    assert signing_in.sign_in(priya.email, PASSWORD, "here").id == priya.id
    assert [row.user_id for row in stored()] == [sam.id]


@pytest.fixture(params=["sqlite:////nowhere/at/all.db", "postgresql+psycopg://nobody@127.0.0.1:1/none"])
def without_database(request, tmp_path):
    """A browser with a session cookie, and an application whose database is down."""
    app = create_app(conftest.settings_for_tests(request.param, tmp_path) | {"TESTING": False})
    client = app.test_client()
    client.set_cookie("session", "kept-from-better-times")
    return client


def test_public_pages_answer_while_the_database_is_down(without_database):
    answer = without_database.get("/sign-in")

    assert answer.status_code == 200
    assert key(without_database) == "kept-from-better-times"


def test_who_is_signed_in_is_not_sent_to_sign_in_while_the_database_is_down(without_database):
    answer = without_database.get(DOOR)

    assert answer.status_code == 503
    assert "not available just now" in answer.text


def test_signing_in_fails_politely_while_the_database_is_down(without_database):
    answer = without_database.post("/sign-in", data={"email": "priya@example.org", "password": PASSWORD})

    assert answer.status_code == 503


def test_the_process_is_alive_but_not_ready_while_the_database_is_down(without_database):
    alive, ready = without_database.get("/healthz"), without_database.get("/readyz")

    assert (alive.status_code, ready.status_code) == (200, 503)


def test_the_process_is_alive_and_ready(client):
    alive, ready = client.get("/healthz"), client.get("/readyz")

    assert (alive.status_code, ready.status_code) == (200, 200)


def test_a_failure_to_write_the_session_does_not_spoil_the_answer(client, priya, monkeypatch):
    def fail(*_):
        raise OperationalError("UPDATE", {}, OSError("disk full"))

    client.sign_in(priya)
    monkeypatch.setattr(sessions, "SEEN_EVERY", timedelta(0))
    monkeypatch.setattr(sessions, "keep", fail)

    assert is_in(client)
