"""Words in a search that tell of danger, and whom to phone then: a table. The search itself goes on as asked."""

from typing import NamedTuple

from social_rx.directory.search import text


class Number(NamedTuple):
    """A number to phone now, and what it is for."""

    number: str
    says: str


class Danger(NamedTuple):
    """What the words tell of, in a headline, and whom to phone. Endings of words do not matter."""

    title: str
    numbers: tuple[Number, ...]
    words: tuple[str, ...]


EMERGENCY = Number("999", "if somebody is in danger now")
SAMARITANS = Number("116 123", "Samaritans, free, day and night")
CRISIS = Number("111", "NHS 111, option 2, for urgent mental health help")

HELP_NOW = (EMERGENCY, SAMARITANS, CRISIS)
DANGERS = (
    Danger(
        "If a life is at risk, get help now",
        HELP_NOW,
        (
            *("suicide", "suicidal", "kill myself", "kill himself", "kill herself", "kill themselves", "end my life"),
            *("end his life", "end her life", "end it all", "take my own life", "want to die", "wants to die"),
            *("better off dead", "self harm", "self harming", "hurt myself", "cut myself", "overdose"),
        ),
    ),
    Danger(
        "If someone is being hurt or is afraid, get help now",
        (EMERGENCY, Number("0808 2000 247", "National Domestic Abuse Helpline, free, day and night")),
        (
            *("abuse", "abused", "abusive", "domestic violence", "violent partner", "violent husband", "violent wife"),
            *("hits me", "hits her", "hits him", "beats me", "beats her", "beaten by", "rape", "raped"),
            *("husband is violent", "partner is violent", "wife is violent", "forced marriage", "afraid of my husband"),
            *("afraid of my partner", "afraid of her husband", "scared of my husband", "scared of my partner"),
        ),
    ),
    Danger(
        "If someone has nowhere to sleep tonight, phone now",
        (EMERGENCY, Number("0808 800 4444", "Shelter, free, for anyone with nowhere to sleep tonight")),
        ("homeless tonight", "nowhere to sleep", "nowhere to stay", "nowhere to go tonight", "sleeping rough"),
    ),
    Danger(
        "If someone has nothing to eat today, phone now",
        (Number("0808 208 2138", "Help through Hardship, free, Monday to Friday, for an emergency food parcel"),),
        ("no food", "nothing to eat", "no food today", "has not eaten", "starving"),
    ),
)
HARMLESS = ("drug abuse", "alcohol abuse", "substance abuse", "suicide prevention training")


def dangers_in(question: str) -> list[Danger]:
    """The dangers that these words tell of, in the order of the table."""
    asked = _stems(question)
    for phrase in HARMLESS:
        asked = _without(asked, _stems(phrase))
    return [danger for danger in DANGERS if any(_at(asked, _stems(words)) is not None for words in danger.words)]


def _stems(words: str) -> list[str]:
    """Every word counts, the small ones too: "end of life" is not "end my life"."""
    return [text.stem(word) for word in text.words(words)]


def _at(asked: list[str], phrase: list[str]) -> int | None:
    """Where the phrase begins; None when it is not there."""
    width = len(phrase)
    return next((at for at in range(len(asked) - width + 1) if asked[at : at + width] == phrase), None)


def _without(asked: list[str], phrase: list[str]) -> list[str]:
    at = _at(asked, phrase)
    return asked if at is None else [*asked[:at], "", *asked[at + len(phrase) :]]
