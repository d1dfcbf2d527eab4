"""Getting a new password, changing it, and what is refused as one."""

import re
from datetime import timedelta

import pytest
import time_machine

from social_rx import accounts, clock, events, passwords, signing_in, tokens
from social_rx.errors import InvalidInput
from social_rx.users import SYSTEM, Role

DOOR = "/password/change"
PASSWORD = "purple harvest kettle"
NEW = "another long secret"


@pytest.fixture(autouse=True)
def soon(monkeypatch):
    """No answer takes the time that it takes for strangers."""
    monkeypatch.setattr(signing_in, "RESET_SECONDS", 0)


@pytest.fixture
def priya(app):
    return accounts.add_user(SYSTEM, name="Priya Shah", email="priya@example.org", role=Role.EDITOR, password=PASSWORD)


@pytest.fixture
def outbox(app):
    return app.extensions["outbox"]


def sign_in(client, password):
    return client.post("/sign-in", data={"email": "priya@example.org", "password": password}).status_code


def ask_for_link(client, outbox, **more):
    client.post("/password/reset", data={"email": "priya@example.org"}, **more)
    return re.search(r"https?://[^/]+(/password/reset/\S+)", outbox[-1].body)[1]


def test_somebody_who_has_forgotten_their_password_gets_a_link_and_chooses_another(client, priya, outbox):
    link = ask_for_link(client, outbox)

    page, answer = client.get(link), client.post(link, data={"password": NEW})

    assert outbox[0].to == priya.email
    assert 'autocomplete="new-password"' in page.text
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert (sign_in(client, PASSWORD), sign_in(client, NEW)) == (422, 303)
    assert "user.password_changed" in [event.name for event in events.timeline(priya)]


def test_the_answer_is_the_same_page_for_an_address_nobody_has_and_nothing_is_sent(client, priya, outbox):
    known = client.post("/password/reset", data={"email": priya.email}, follow_redirects=True)
    sent = len(outbox)

    unknown = client.post("/password/reset", data={"email": "nobody@example.org"}, follow_redirects=True)

    assert unknown.data == known.data
    assert (sent, len(outbox)) == (1, 1)


def test_a_link_works_once(client, priya, outbox):
    link = ask_for_link(client, outbox)
    client.post(link, data={"password": NEW})

    again = client.post(link, data={"password": "a third long secret"})

    assert again.status_code == 410
    assert "This link no longer works" in again.text
    assert sign_in(client, NEW) == 303


def test_a_newer_link_stops_working_with_the_older_one_that_was_used(client, priya, outbox):
    older, newer = ask_for_link(client, outbox), ask_for_link(client, outbox)

    client.post(older, data={"password": NEW})

    assert client.get(newer).status_code == 410


def test_a_link_works_for_an_hour(client, priya, outbox):
    with time_machine.travel(clock.now(), tick=False) as clocks:
        link = ask_for_link(client, outbox)
        clocks.shift(timedelta(minutes=59))
        in_time = client.get(link)
        clocks.shift(timedelta(minutes=2))
        too_late = client.get(link)

    assert (in_time.status_code, too_late.status_code) == (200, 410)


def test_looking_at_a_link_does_not_use_it_up(client, priya, outbox):
    link = ask_for_link(client, outbox)
    for _ in range(5):
        client.get(link)

    assert client.post(link, data={"password": NEW}).status_code == 303


@pytest.mark.parametrize("token", ["x", "WyJhIiwiYiJd.x.y", "é", "a" * 3000])
def test_a_link_that_we_never_sent_opens_nothing(client, priya, token):
    assert client.get(f"/password/reset/{token}").status_code in {404, 410}


def test_a_link_that_somebody_changed_opens_nothing(client, priya, outbox):
    link = ask_for_link(client, outbox)

    changed = link[:-1] + ("A" if link[-1] != "A" else "B")

    assert client.get(link).status_code == 200
    assert client.get(changed).status_code == 410


def test_a_link_is_of_no_use_once_the_account_is_switched_off(client, priya, outbox):
    link = ask_for_link(client, outbox)

    accounts.switch_off(SYSTEM, priya.id)

    assert client.post(link, data={"password": NEW}).status_code == 410


def test_a_forged_host_does_not_get_into_the_link(client, priya, outbox):
    ask_for_link(client, outbox, headers={"Host": "evil.example"})

    assert "evil.example" not in outbox[-1].body
    assert "http://127.0.0.1:8000/password/reset/" in outbox[-1].body


def test_three_links_an_hour_and_no_more_whether_or_not_there_is_an_account(client, priya, outbox):
    with time_machine.travel(clock.now(), tick=False) as clocks:
        for email in (priya.email, "nobody@example.org"):
            answers = [client.post("/password/reset", data={"email": email}).status_code for _ in range(4)]
            assert answers == [303, 303, 303, 429]
        clocks.shift(timedelta(hours=1))

        assert client.post("/password/reset", data={"email": priya.email}).status_code == 303
        assert len(outbox) == 4


def test_somebody_changes_their_password_and_is_told_by_email(client, priya, outbox):
    client.sign_in(priya)

    answer = client.post(DOOR, data={"current_password": PASSWORD, "new_password": NEW})

    assert answer.status_code == 303
    assert outbox[-1].subject == "Your password has changed"
    assert (sign_in(client, PASSWORD), sign_in(client, NEW)) == (422, 303)


def test_a_token_of_the_account_does_not_outlive_the_password_it_was_issued_under(client, priya):
    secret = tokens.issue_token(SYSTEM, priya.email)
    client.sign_in(priya)

    client.post(DOOR, data={"current_password": PASSWORD, "new_password": NEW})

    assert tokens.actor_for(secret) is None


def test_changing_it_asks_for_the_password_used_now_and_counts_the_guesses(client, priya):
    client.sign_in(priya)

    answers = [client.post(DOOR, data={"current_password": "wrong", "new_password": NEW}) for _ in range(11)]

    assert "Enter the password you use now." in answers[0].text
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]


@pytest.mark.parametrize(
    "weak",
    [
        "",
        "short",
        "elevenchars",
        "           a",
        "a" * 12,
        "abababababab",
        "x" * 60 + "abcde" * 20,
        "Password1234",
        "PASSWORD PASSWORD",
        "123456789012",
        "987654321098",
        "abcdefghijklmnop",
        "qwertyuiop123!",
        "Liverpool2026!!",
        "Social Prescribing 1",
    ],
)
def test_a_password_that_is_easily_guessed_is_refused_everywhere(client, priya, outbox, weak):
    client.sign_in(priya)
    link = ask_for_link(client, outbox)

    changed = client.post(DOOR, data={"current_password": PASSWORD, "new_password": weak})
    reset = client.post(link, data={"password": weak})

    assert (changed.status_code, reset.status_code) == (422, 422)
    assert re.search(r'href="#new_password"\s*>\s*Enter', changed.text)
    assert re.search(r'href="#password"\s*>\s*Enter', reset.text)
    with pytest.raises(InvalidInput):
        accounts.set_password(SYSTEM, priya.id, weak)


@pytest.mark.parametrize("good", ["purple harvest kettle", "x9!kQ2#vL7@p", "ünïcödé wörds here", "correct horse 8"])
def test_a_password_that_is_long_and_one_s_own_is_welcome(app, good):
    assert passwords.is_right(good, passwords.hashed(good))


def test_a_password_is_kept_as_argon2id_and_never_as_itself(app):
    hashed = passwords.hashed(PASSWORD)

    assert hashed.startswith("$argon2id$v=19$m=8,t=2,p=1$")
    assert PASSWORD not in hashed
