"""Which doors are open to whom, and by which key."""

import pytest

from social_rx import access, accounts, clock
from social_rx.access import actor, allow, public
from social_rx.users import SYSTEM, Role, RoleAssignment
from tests import conftest, make
from tests.web import planted


@public
def anybody():
    who = access.actor_or_none()
    return who.email if who else "nobody"


@allow(Role.EDITOR, Role.LINK_WORKER)
def someone():
    return f"{actor().email} {actor().role}"


DOORS = [
    ("GET", "/anybody", anybody),
    ("GET", "/someone", someone),
    ("POST", "/someone", someone),
    ("GET", "/api/v1/someone", someone),
    ("GET", "/api/v1/anybody", anybody),
]


@pytest.fixture(scope="module", params=conftest.DATABASES)
def site(request, tmp_path_factory):
    with planted.application(request.param, tmp_path_factory.mktemp("site"), DOORS) as app:
        yield app


@pytest.fixture
def client(site):
    return site.test_client()


def test_every_door_of_the_application_says_who_may_open_it(database):
    undeclared = [name for name, view in database.view_functions.items() if not hasattr(view, "allowed_roles")]

    assert undeclared == []


def test_a_door_that_does_not_say_so_stops_the_start(site):
    site.view_functions["forgotten"] = lambda: "open to all"

    with pytest.raises(RuntimeError, match="forgotten"):
        access.init_app(site)

    del site.view_functions["forgotten"]


def test_a_door_is_not_opened_to_everyone_by_naming_no_role():
    with pytest.raises(ValueError, match="name the roles"):
        allow()


def test_a_stranger_is_sent_to_sign_in_and_comes_back_to_the_page_asked_for(client):
    answer = client.get("/someone?status=late")

    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/someone?status%3Dlate"


def test_a_stranger_who_writes_is_refused_rather_than_sent_away(client):
    assert client.post("/someone").status_code == 401


def test_a_stranger_at_the_api_is_told_how_to_sign_in(client):
    answer = client.get("/api/v1/someone")

    assert (answer.status_code, answer.json["code"]) == (401, "sign_in_needed")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("role", list(Role))
def test_a_door_is_open_to_the_roles_it_names_and_to_no_other(client, role):
    user = make.user(role)

    page = client.sign_in(user).get("/someone")
    by_token = client.application.test_client().get("/api/v1/someone", headers=client.token(user))

    expected = 200 if role in {Role.EDITOR, Role.LINK_WORKER} else 403
    assert (page.status_code, by_token.status_code) == (expected, expected)


def test_a_session_opens_no_door_of_the_api(client):
    user = make.user(Role.EDITOR)

    assert client.sign_in(user).get("/api/v1/someone").status_code == 401
    assert client.get("/api/v1/anybody").text == "nobody"


def test_a_token_opens_no_page(client):
    user = make.user(Role.EDITOR)

    assert client.get("/someone", headers=client.token(user)).status_code == 303
    assert client.get("/anybody", headers=client.token(user)).text == "nobody"


def test_a_token_and_a_session_together_are_refused(client):
    user = make.user(Role.EDITOR)

    answer = client.sign_in(user).get("/api/v1/someone", headers=client.token(user))

    assert (answer.status_code, answer.json["code"]) == (400, "bad_request")


@pytest.mark.parametrize("header", ["Bearer srx_wrong", "Bearer", "Bearer é", "Basic cHJpeWE6eA==", "Digest x", " "])
def test_a_token_that_is_not_known_opens_nothing(client, header):
    answer = client.get("/api/v1/someone", headers={"Authorization": header.encode().decode("latin-1")})

    assert answer.status_code == 401


def test_a_token_ends_with_its_role(client):
    user = make.user(Role.EDITOR)
    headers = client.token(user)
    [who] = access.actors_of(user.id)
    assignment = make.db.session.get_one(RoleAssignment, who.assignment_id)
    assignment.ends_on = clock.today().replace(year=2000)
    make.save(assignment)

    assert client.get("/api/v1/someone", headers=headers).status_code == 401


def test_two_people_who_come_one_after_the_other_get_their_own_answers(client):
    ama, sam = make.user(Role.EDITOR), make.user(Role.LINK_WORKER)
    hers, his = client.application.test_client().sign_in(ama), client.application.test_client().sign_in(sam)

    answers = [browser.get("/someone").text for browser in (hers, his, hers, client, his)]

    assert answers[:3] == [f"{ama.email} editor", f"{sam.email} link_worker", f"{ama.email} editor"]
    assert "/sign-in" in answers[3]
    assert answers[4] == f"{sam.email} link_worker"


def test_two_tokens_one_after_the_other_get_their_own_answers(client):
    people = [make.user(Role.EDITOR), make.user(Role.LINK_WORKER)]

    answers = [client.get("/api/v1/someone", headers=client.token(person)).text for person in people]

    assert answers == [f"{people[0].email} editor", f"{people[1].email} link_worker"]


def test_somebody_with_two_roles_acts_in_the_one_they_chose(client):
    user = make.user(Role.AUDITOR)
    make.save(RoleAssignment(user_id=user.id, role=Role.EDITOR))
    client.sign_in(user)

    answers = {}
    for who in access.actors_of(user.id):
        with client.session_transaction(method="POST") as opened:
            opened[access.ASSIGNMENT] = str(who.assignment_id)
        answers[who.role] = client.get("/someone").status_code

    assert answers == {Role.AUDITOR: 403, Role.EDITOR: 200}


def test_somebody_cannot_choose_a_role_that_is_not_theirs(client):
    user, other = make.user(Role.AUDITOR), make.user(Role.EDITOR)
    client.sign_in(user)

    with client.session_transaction(method="POST") as opened:
        opened[access.ASSIGNMENT] = str(access.actors_of(other.id)[0].assignment_id)

    assert client.get("/someone").status_code == 403


def test_whoever_is_switched_off_is_a_stranger_at_the_next_click(client):
    user = make.user(Role.EDITOR)
    client.sign_in(user)
    before = client.get("/someone").status_code

    accounts.switch_off(SYSTEM, user.id)

    assert (before, client.get("/someone").status_code) == (200, 303)
