"""Instruments that measure how a person is doing, as data, and their exact scoring.

ONS4: the harmonised personal well-being questions of the Office for National Statistics, bands from its published
thresholds. UCLA-3 with the direct question: the national indicators of loneliness (ONS). Both are free to use.
"""

from typing import Any, NamedTuple

from social_rx import events
from social_rx.db import db, transactional
from social_rx.errors import InvalidInput
from social_rx.referrals import queries
from social_rx.referrals.caseload import open_case
from social_rx.referrals.models import MeasureResponse, Referral
from social_rx.users import Actor


class Question(NamedTuple):
    """One item: its words, and the answers it takes as value and words."""

    text: str
    answers: dict[int, str]


class Instrument(NamedTuple):
    name: str
    version: str
    intro: str
    questions: dict[str, Question]


NOUGHT_TO_TEN = {n: str(n) for n in range(11)}
HOW_OFTEN = {1: "Hardly ever or never", 2: "Some of the time", 3: "Often"}
DIRECT = {1: "Never", 2: "Hardly ever", 3: "Occasionally", 4: "Some of the time", 5: "Often or always"}

INSTRUMENTS = {
    "ons4": Instrument(
        "Personal well-being (ONS4)",
        "2018",
        "Next I would like to ask you four questions about your feelings on aspects of your life. There are no right "
        "or wrong answers. For each of these questions I'd like you to give an answer on a scale of 0 to 10, where 0 "
        "is 'not at all' and 10 is 'completely'.",
        {
            "satisfied": Question("Overall, how satisfied are you with your life nowadays?", NOUGHT_TO_TEN),
            "worthwhile": Question(
                "Overall, to what extent do you feel that the things you do in your life are worthwhile?", NOUGHT_TO_TEN
            ),
            "happy": Question("Overall, how happy did you feel yesterday?", NOUGHT_TO_TEN),
            "anxious": Question(
                'On a scale where nought is "not at all anxious" and 10 is "completely anxious", overall, how anxious '
                "did you feel yesterday?",
                NOUGHT_TO_TEN,
            ),
        },
    ),
    "ucla3": Instrument(
        "Loneliness (UCLA-3 and the direct question)",
        "2018",
        "The next questions are about how you feel about different parts of your life.",
        {
            "companionship": Question("How often do you feel that you lack companionship?", HOW_OFTEN),
            "left_out": Question("How often do you feel left out?", HOW_OFTEN),
            "isolated": Question("How often do you feel isolated from others?", HOW_OFTEN),
            "lonely": Question("How often do you feel lonely?", DIRECT),
        },
    ),
}
UCLA_ITEMS = ("companionship", "left_out", "isolated")
WELL_BEING_BANDS = ((4, "low"), (6, "medium"), (8, "high"), (10, "very high"))
ANXIETY_BANDS = ((1, "very low"), (3, "low"), (5, "medium"), (10, "high"))


def band(item: str, value: int) -> str:
    """The ONS's word for one ONS4 answer; anxiety runs the other way."""
    bands = ANXIETY_BANDS if item == "anxious" else WELL_BEING_BANDS
    return next(word for highest, word in bands if value <= highest)


def score(instrument: str, answers: dict[str, int]) -> dict[str, Any]:
    """What the answers come to.

    ONS4: each answer with its band, never a sum. UCLA-3: the total of its three items, 3 to 9, only when all three
    were answered; and the direct answer in words.
    """
    if instrument == "ons4":
        return {item: {"value": value, "band": band(item, value)} for item, value in answers.items()}
    scored: dict[str, Any] = {}
    if all(item in answers for item in UCLA_ITEMS):
        scored["total"] = sum(answers[item] for item in UCLA_ITEMS)
    if "lonely" in answers:
        scored["direct"] = DIRECT[answers["lonely"]]
    return scored


@transactional
def record_measure(
    actor: Actor, reference: str, *, instrument: str, answers: dict[str, int], mode: str = "assisted"
) -> Referral:
    """Keep the answers as given. Raises InvalidInput for an unknown question or an answer off its scale."""
    referral = open_case(actor, reference)
    questions = INSTRUMENTS[instrument].questions
    wrong = {
        item: ["Choose one of the answers of this question."]
        for item, value in answers.items()
        if item not in questions or value not in questions[item].answers
    }
    if wrong or not answers:
        raise InvalidInput("Check the answers.", wrong or {"answers": ["Answer at least one question."]})
    db.session.add(
        MeasureResponse(
            referral_id=referral.id,
            instrument=instrument,
            instrument_version=INSTRUMENTS[instrument].version,
            answers=answers,
            mode=mode,
            by_id=actor.user_id,
        )
    )
    events.record("measure.recorded", referral, actor, instrument=instrument)
    return queries.as_it_now_is(actor, referral)


def changes(responses: list[MeasureResponse]) -> dict[str, tuple[int, int]]:
    """First and last answer to each item that was asked twice or more; one answer shows no change."""
    found: dict[str, tuple[int, int]] = {}
    for instrument in INSTRUMENTS:
        asked = [response for response in responses if response.instrument == instrument]
        for item in INSTRUMENTS[instrument].questions:
            values = [response.answers[item] for response in asked if item in response.answers]
            if len(values) > 1:
                found[item] = (values[0], values[-1])
    return found
