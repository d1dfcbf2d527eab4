"""Who may open which door: the whole list, written by hand, and walked with every role and with none."""

import pytest
from werkzeug.routing import UUIDConverter

from social_rx.users import Role
from tests import make

ALL = " ".join(sorted(role.value for role in Role))
# The roles a door is for (none: everybody), and the doors by their endpoints.
DOORS = {
    "": """
        api-docs.openapi_json api_docs directory.accessibility directory.cookies directory.find directory.home
        directory.privacy directory.service directory.service_calendar directory_api.index
        directory_api.needs directory_api.read directory_api.supports health.alive health.ready messages.latest
        open_referral.index open_referral.openapi open_referral.organization open_referral.organizations
        open_referral.service open_referral.service_at_location open_referral.service_at_locations
        open_referral.services open_referral.taxonomies open_referral.taxonomy open_referral.taxonomy_term
        open_referral.taxonomy_terms security.forgot_password security.login
        security.logout security.reset_password security.reset_sent static
    """,
    "administrator": """
        referrals_api.enter_in_error
    """,
    ALL: """
        account.show security.change_password
    """,
    "api_client coordinator link_worker practice_admin referrer": """
        referrals_api.index referrals_api.read referrals_api.timeline
    """,
    "api_client coordinator practice_admin referrer": """
        referrals_api.cancel
    """,
    "api_client practice_admin referrer": """
        referrals_api.draft referrals_api.revise referrals_api.submit
    """,
    "coordinator": """
        casework_api.link_workers referrals_api.allocate referrals_api.waitlist team.decide
    """,
    "coordinator link_worker": """
        casework_api.read_plan groups_api.cancel referrals_api.accept referrals_api.start_triage team.act
        team.again team.index team.show
    """,
    "coordinator link_worker provider provider_manager": """
        groups_api.index groups_api.read
    """,
    "coordinator provider provider_manager": """
        referrals_api.reject
    """,
    "editor": """
        moderation.check moderation.index moderation.old moderation.publish moderation.restore
        moderation.send_back moderation.show my_listings_api.check my_listings_api.publish
        my_listings_api.restore my_listings_api.send_back
    """,
    "editor provider provider_manager": """
        my_listings.confirm my_listings.edit my_listings.pause my_listings.resume my_listings.submit
        my_listings_api.capacity my_listings_api.confirm my_listings_api.create my_listings_api.edit
        my_listings_api.index my_listings_api.pause my_listings_api.read my_listings_api.resume
        my_listings_api.submit
    """,
    "editor provider_manager": """
        my_listings.archive my_listings_api.archive
    """,
    "link_worker": """
        caseload.again caseload.hold caseload.index caseload.record caseload.set_next_action caseload.show
        caseload.step
        casework_api.achievement casework_api.attempt casework_api.contact casework_api.goal casework_api.measure
        casework_api.next_action casework_api.refer_onward casework_api.signpost casework_api.write_plan
        closing.close closing.letters onward.answer onward.index onward.new onward.signpost plan.achieve plan.again
        plan.goal plan.measure plan.review plan.show plan.wellbeing referrals_api.close
        referrals_api.finish_reviewing referrals_api.hold referrals_api.resume_assessing
        referrals_api.resume_contacting referrals_api.resume_reviewing referrals_api.resume_supporting
        referrals_api.start_assessing referrals_api.start_contacting referrals_api.start_reviewing
        referrals_api.start_supporting
    """,
    "link_worker provider provider_manager": """
        groups_api.accept groups_api.complete groups_api.drop_out groups_api.not_start groups_api.reject
        groups_api.start groups_api.waitlist
    """,
    "practice_admin referrer": """
        refer.again refer.cancel refer.check refer.discard refer.edit refer.link_worker refer.mine refer.new
        refer.send refer.sent refer.show
    """,
    "provider provider_manager": """
        groups.again groups.answer groups.finished groups.first_visit groups.inbox groups.show my_listings.index
        my_listings.new my_listings.places
    """,
    "referrer": """
        refer.read
    """,
}
EXPECTED = {door: frozenset(map(Role, roles.split())) for roles, doors in DOORS.items() for door in doors.split()}
SOME_KEY = "00000000-0000-4000-8000-000000000000"


def some_value(converter):
    choices = getattr(converter, "items", None)
    key = SOME_KEY if isinstance(converter, UUIDConverter) else "app.css"
    return sorted(choices)[0] if choices else key


def doors_of(app):
    """Every rule and method of the application, with an address that fits it."""
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = {name: some_value(rule._converters[name]) for name in rule.arguments}
            address = rule.build(values, append_unknown=False)[1]
            for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
                yield rule.endpoint, method, address


def refused(answer):
    sent_to_sign_in = answer.status_code == 303 and answer.location.startswith("/sign-in")
    return answer.status_code in {401, 403} or sent_to_sign_in


def test_the_list_names_every_door_and_no_other(database):
    only_in_a_demonstration = {"messages.latest"}

    assert set(EXPECTED) - only_in_a_demonstration == set(database.view_functions)


@pytest.mark.parametrize("role", [None, *Role])
def test_every_door_opens_to_those_it_is_for_and_to_nobody_else(app, role):
    organisation = make.organisation() if role in {Role.PROVIDER, Role.PROVIDER_MANAGER} else None
    user = make.user(role, organisation=organisation) if role else None
    pages, api = app.test_client(), app.test_client()
    if user:
        pages.sign_in(user)
    headers = api.token(user) if user else {}

    wrong = []
    for endpoint, method, address in doors_of(app):
        if endpoint in {"security.logout", "security.change_password"}:
            continue  # they end the session this walk needs; test_sign_in walks them
        open_to = EXPECTED[endpoint]
        client, sent = (api, headers) if address.startswith("/api/") else (pages, {})
        with client.open(address, method=method, headers=sent) as answer:
            status = answer.status_code
        if refused(answer) != bool(open_to and role not in open_to):
            wrong.append((endpoint, method, status))

    assert wrong == []


def test_a_door_left_open_by_mistake_is_noticed(app, monkeypatch):
    view = app.view_functions["caseload.index"]
    monkeypatch.setattr(view, "allowed_roles", frozenset(Role))
    client = app.test_client().sign_in(make.user(Role.REFERRER))

    assert refused(client.get("/caseload")) != (Role.REFERRER not in EXPECTED["caseload.index"])
