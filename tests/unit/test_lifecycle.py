"""Who may move a referral, or an onward referral, from which status to which: every pair, against the contract."""

import json
from itertools import product

import pytest

from social_rx.errors import ActionNotAllowed
from social_rx.lifecycle import Lifecycle, Step
from social_rx.referrals import status
from social_rx.referrals.status import ONWARD, REFERRAL, OnwardStatus, ReferralStatus
from social_rx.referrals.wording import ACTION_WORDS, ONWARD_ACTION_WORDS, ONWARD_WORDS, REASON_WORDS, STATUS_WORDS
from social_rx.users import Role
from tests.shared_data import SHARED

CONTRACT = SHARED / "design" / "lifecycle.json"

# The contract, copied so that it is checked everywhere: from -> where a referral may go.
TRANSITIONS = {
    "draft": "received",
    "received": "in_triage accepted rejected cancelled",
    "in_triage": "accepted rejected cancelled",
    "accepted": "allocated waitlisted closed cancelled",
    "waitlisted": "allocated closed cancelled",
    "allocated": "contacting on_hold closed",
    "contacting": "assessing on_hold closed",
    "assessing": "supporting on_hold closed",
    "supporting": "reviewing on_hold closed",
    "reviewing": "supporting on_hold closed",
    "on_hold": "contacting assessing supporting reviewing closed",
    "rejected": "",
    "cancelled": "",
    "closed": "",
    "entered_in_error": "",
}
ONWARD_TRANSITIONS = {
    "sent": "accepted rejected cancelled",
    "accepted": "waitlisted started not_started cancelled",
    "waitlisted": "started not_started cancelled",
    "started": "completed dropped_out cancelled",
    "completed": "",
    "not_started": "",
    "dropped_out": "",
    "rejected": "",
    "cancelled": "",
}
REASONS = {
    "rejection_reasons": "duplicate_referral inappropriate_referral incomplete_referral out_of_area not_eligible "
    "no_capacity no_consent risk_outside_scope",
    "cancellation_reasons": "made_in_error duplicate_referral patient_changed_mind superseded moved_out_of_area died",
    "closure_reasons": "completed_goals_met completed_goals_part_met completed_goals_not_met completed_signposted_only "
    "needs_met_elsewhere declined_at_first_contact withdrew_after_engaging unable_to_contact disengaged "
    "moved_out_of_area admitted_or_long_term_care died transferred_other_service risk_outside_scope service_ended",
}
ENUMS = {
    "rejection_reasons": status.RejectionReason,
    "cancellation_reasons": status.CancellationReason,
    "closure_reasons": status.ClosureReason,
}
PRACTICE = {"referrer", "practice_admin", "api_client"}
HUB, WORKER, GROUP = {"coordinator"}, {"link_worker"}, {"provider", "provider_manager"}
WHO_MAY_MOVE_TO = {
    "received": PRACTICE,
    "in_triage": HUB | WORKER,
    "accepted": HUB | WORKER,
    "rejected": HUB | GROUP,
    "cancelled": PRACTICE | HUB,
    "waitlisted": HUB,
    "allocated": HUB,
    "contacting": WORKER,
    "assessing": WORKER,
    "supporting": WORKER,
    "reviewing": WORKER,
    "on_hold": WORKER,
    "closed": WORKER,
}
WHO_MAY_MOVE_ONWARD_TO = dict.fromkeys(ONWARD_TRANSITIONS, GROUP | WORKER) | {
    "cancelled": HUB | WORKER | {"administrator"}
}


def pairs(table):
    return {(source, target) for source, targets in table.items() for target in targets.split()}


def allowed(lifecycle, statuses, *, but=()):
    """Every (status, target, role) that the lifecycle allows, found by trying each action as each role."""
    found = set()
    for source, action, role in product(statuses, set(lifecycle.steps) - set(but), Role):
        try:
            found.add((source.value, lifecycle.after(action, source, role).value, role.value))
        except ActionNotAllowed:
            continue
    return found


def wanted(transitions, who):
    return {(source, target, role) for source, target in pairs(transitions) for role in who[target]}


def test_a_referral_moves_only_as_the_contract_says_and_by_those_whom_it_names():
    found = allowed(REFERRAL, ReferralStatus, but=["enter_in_error"])

    assert found == wanted(TRANSITIONS, WHO_MAY_MOVE_TO)


def test_an_onward_referral_moves_only_as_the_contract_says_and_by_those_whom_it_names():
    found = allowed(ONWARD, OnwardStatus)

    assert found == wanted(ONWARD_TRANSITIONS, WHO_MAY_MOVE_ONWARD_TO)


def test_an_administrator_alone_strikes_out_a_referral_from_any_status():
    found = allowed(Lifecycle({"enter_in_error": REFERRAL.steps["enter_in_error"]}), ReferralStatus)

    anywhere = set(TRANSITIONS) - {"entered_in_error"}
    assert found == {(source, "entered_in_error", "administrator") for source in anywhere}


@pytest.mark.parametrize("planted", ["one too many", "one too few", "one role too many"])
def test_a_step_that_is_not_in_the_contract_is_found_by_the_walk(planted):
    steps = dict(REFERRAL.steps)
    if planted == "one too many":
        steps["reopen"] = Step(by={Role.LINK_WORKER}, sources={ReferralStatus.CLOSED}, target=ReferralStatus.ALLOCATED)
    elif planted == "one too few":
        del steps["hold"]
    else:
        steps["close"] = steps["close"]._replace(by={Role.LINK_WORKER, Role.COMMISSIONER})

    found = allowed(Lifecycle(steps), ReferralStatus, but=["enter_in_error"])

    assert found != wanted(TRANSITIONS, WHO_MAY_MOVE_TO)


@pytest.mark.parametrize("kind", REASONS)
def test_the_reasons_are_those_of_the_contract(kind):
    assert [reason.value for reason in ENUMS[kind]] == REASONS[kind].split()


def differences(contract):
    """Where the copy in this file and the contract itself say different things."""
    said = {
        "transitions": pairs(TRANSITIONS),
        "onward_transitions": pairs(ONWARD_TRANSITIONS),
        "statuses": set(TRANSITIONS),
        "onward_referral_statuses": set(ONWARD_TRANSITIONS),
        **{kind: set(reasons.split()) for kind, reasons in REASONS.items()},
    }
    read = {name: {tuple(i) if isinstance(i, list) else i for i in contract[name]} for name in said}
    return [name for name in said if said[name] != read[name]]


def as_a_file():
    return {
        "transitions": [list(pair) for pair in pairs(TRANSITIONS)],
        "onward_transitions": [list(pair) for pair in pairs(ONWARD_TRANSITIONS)],
        "statuses": dict.fromkeys(TRANSITIONS),
        "onward_referral_statuses": dict.fromkeys(ONWARD_TRANSITIONS),
        **{kind: reasons.split() for kind, reasons in REASONS.items()},
    }


def test_the_copy_of_the_contract_in_this_file_is_true_wherever_the_contract_is_at_hand():
    contract = json.loads(CONTRACT.read_text()) if CONTRACT.exists() else as_a_file()

    assert differences(contract) == []


def test_a_contract_that_has_moved_on_is_noticed():
    contract = as_a_file()
    contract["transitions"].append(["closed", "supporting"])

    assert differences(contract) == ["transitions"]


def test_there_are_words_for_every_status_reason_and_action():
    reasons = {reason.value for enum in (*ENUMS.values(), status.OnwardReason) for reason in enum}

    assert STATUS_WORDS.keys() == set(ReferralStatus)
    assert ONWARD_WORDS.keys() == set(OnwardStatus)
    assert REASON_WORDS.keys() == reasons
    assert ACTION_WORDS.keys() == REFERRAL.steps.keys() - {"submit", "start_contacting", "enter_in_error"}
    assert ONWARD_ACTION_WORDS.keys() == ONWARD.steps.keys()


def test_a_refusal_says_what_was_tried_and_where_the_record_is_now():
    with pytest.raises(ActionNotAllowed, match="You cannot start triage this: it is closed"):
        REFERRAL.after("start_triage", ReferralStatus.CLOSED, Role.COORDINATOR)
