"""Accounts as an administrator keeps them, and the tokens of other systems."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from social_rx import accounts, clock, events, passwords, tokens
from social_rx.db import db
from social_rx.errors import InvalidInput, NotFound
from social_rx.users import SYSTEM, Role, User, actors_of
from tests import make

pytestmark = pytest.mark.usefixtures("app")

PASSWORD = "purple harvest kettle"


def add(**details):
    known = {"name": "Priya Shah", "email": "priya@example.org", "role": Role.LINK_WORKER}
    return accounts.add_user(make.actor(Role.ADMINISTRATOR), **known | details)


def test_somebody_is_added_in_one_role_at_one_place():
    team = make.tree()["place_team"]

    user = add(email=" Priya@Example.org ", place_id=team.id, job_title="Senior link worker")

    [actor] = actors_of(user.id)
    assert (actor.email, actor.role, actor.place_id) == ("priya@example.org", Role.LINK_WORKER, team.id)
    assert actor.role_label == "Senior link worker"
    [event] = events.timeline(user)
    assert (event.name, event.actor_role, event.data) == ("user.added", "administrator", {"role": "link_worker"})


def test_without_a_password_nothing_opens_the_account():
    user = add()

    assert user.password is None
    assert not passwords.is_right("", user.password)


@pytest.mark.parametrize(
    ("details", "field"),
    [
        ({"name": "  "}, "name"),
        ({"email": "priya"}, "email"),
        ({"email": "priya@"}, "email"),
        ({"email": "pri\x00ya@example.org"}, "email"),
        ({"password": "short"}, "password"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(details, field):
    with pytest.raises(InvalidInput) as refusal:
        add(**details)

    assert list(refusal.value.fields) == [field]
    assert refusal.value.message.startswith("Enter")


def test_one_address_has_one_account_however_it_is_written():
    add()

    with pytest.raises(InvalidInput, match="already has an account") as refusal:
        add(email="PRIYA@example.org")

    assert list(refusal.value.fields) == ["email"]


def test_two_administrators_who_add_the_same_address_at_one_moment_make_one_account(monkeypatch):
    add()
    monkeypatch.setattr(accounts, "find_user", lambda email: None)

    with pytest.raises(InvalidInput, match="already has an account") as refusal:
        add()

    assert isinstance(refusal.value.__cause__, IntegrityError)
    assert len(db.session.scalars(select(User).where(User.email == "priya@example.org")).all()) == 1


def test_a_new_password_replaces_the_old_one_and_is_recorded_without_it():
    user = add(password=PASSWORD)

    accounts.set_password(SYSTEM, user.id, "another long secret")

    kept = db.session.get_one(User, user.id).password
    assert passwords.is_right("another long secret", kept)
    assert not passwords.is_right(PASSWORD, kept)
    assert (events.timeline(user)[-1].name, events.timeline(user)[-1].data) == ("user.password_set", {})


@pytest.mark.parametrize(
    "act", [lambda key: accounts.set_password(SYSTEM, key, PASSWORD), lambda key: accounts.switch_off(SYSTEM, key)]
)
def test_nothing_is_done_to_an_account_that_is_not_there(act):
    with pytest.raises(NotFound):
        act(make.organisation().id)


def test_an_account_that_is_switched_off_is_nobody_and_its_tokens_are_revoked():
    user = make.user(Role.API_CLIENT)
    secret = tokens.issue_token(SYSTEM, user.email)

    accounts.switch_off(make.actor(Role.ADMINISTRATOR), user.id)

    assert actors_of(user.id) == []
    assert tokens.actor_for(secret) is None
    [token] = tokens.tokens_of(user.id)
    assert token.revoked_at is not None
    assert [event.name for event in events.timeline(token)] == ["token.issued", "token.revoked"]
    assert events.timeline(user)[-1].name == "user.switched_off"


def test_a_new_password_ends_the_tokens_of_the_account_and_of_no_other():
    user, other = make.user(Role.API_CLIENT), make.user(Role.API_CLIENT)
    old, others = tokens.issue_token(SYSTEM, user.email), tokens.issue_token(SYSTEM, other.email)

    accounts.set_password(make.actor(Role.ADMINISTRATOR), user.id, "another long secret")

    assert tokens.actor_for(old) is None
    assert tokens.actor_for(others).user_id == other.id


def test_a_token_stands_for_one_role_of_one_account_until_it_is_revoked():
    user = make.user(Role.API_CLIENT)
    secret = tokens.issue_token(SYSTEM, user.email)
    before = tokens.actor_for(secret)
    [token] = tokens.tokens_of(user.id)

    tokens.revoke_token(SYSTEM, token.id)

    assert (before.user_id, before.role) == (user.id, Role.API_CLIENT)
    assert tokens.actor_for(secret) is None


def test_revoking_a_token_again_changes_nothing():
    user = make.user(Role.API_CLIENT)
    tokens.issue_token(SYSTEM, user.email)
    [token] = tokens.tokens_of(user.id)
    first = tokens.revoke_token(SYSTEM, token.id).revoked_at

    tokens.revoke_token(SYSTEM, token.id)

    assert db.session.get_one(tokens.Token, token.id).revoked_at == first
    assert len(events.timeline(token)) == 2


def test_a_token_that_is_not_there_cannot_be_revoked():
    with pytest.raises(NotFound):
        tokens.revoke_token(SYSTEM, make.organisation().id)


def test_a_token_works_for_ninety_days():
    user = make.user(Role.API_CLIENT)

    with time_machine.travel(clock.now(), tick=False) as clocks:
        secret = tokens.issue_token(SYSTEM, user.email)
        clocks.shift(timedelta(days=89))
        in_time = tokens.actor_for(secret)
        clocks.shift(timedelta(days=1))
        too_late = tokens.actor_for(secret)

    assert in_time is not None
    assert too_late is None


def test_somebody_sees_their_own_tokens_newest_first_and_never_the_secret():
    user, other = make.user(Role.API_CLIENT), make.user(Role.API_CLIENT)
    with time_machine.travel(clock.now(), tick=False) as clocks:
        older = tokens.issue_token(SYSTEM, user.email)
        clocks.shift(timedelta(hours=1))
        newer = tokens.issue_token(SYSTEM, user.email)
        tokens.issue_token(SYSTEM, other.email)

    found = tokens.tokens_of(user.id)

    assert [token.hash for token in found] == [tokens._hash(newer), tokens._hash(older)]
    assert older not in {token.hash for token in found}


def test_nobody_gets_a_token_for_an_account_that_is_not_there():
    with pytest.raises(NotFound):
        tokens.issue_token(SYSTEM, "nobody@example.org")
