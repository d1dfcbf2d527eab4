"""Whom a search is about, as far as its words tell: "85 year old", "young man"."""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from social_rx.directory.search import text

FEMALE, MALE = "female", "male"

_YEARS = re.compile(r"\b(\d{1,3})(?:[\s-]*(?:years?|yrs?)(?:[\s-]*olds?)?|[\s-]*yo)\b|\b(?:aged?|over)\s+(\d{1,3})\b")
_DECADE = re.compile(r"\b(?:his|her|their|my)\s+(?:late |early |mid[- ])?(\d)0'?s\b")
OLDEST = 120
LONGEST = 1_000  # letters that are looked at


class Whom(NamedTuple):
    """What is known of the person, and the stems that told it."""

    age: int | None = None
    sex: str | None = None
    told_by: frozenset[str] = frozenset()


class People:
    """The words that tell a sex or an age."""

    def __init__(self, entries: Mapping[str, Mapping[str, Sequence[str]]]):
        self._sexes = {word: sex for sex, words in entries.get("sex", {}).items() for word in words}
        self._ages = {word: int(age) for age, words in entries.get("age", {}).items() for word in words}

    def whom(self, question: str) -> Whom:
        said = text.words(question)[: text.MOST_TERMS]
        age, told_by = _age_in_figures(question[:LONGEST].lower())
        told_by |= {text.stem(word) for word in said if word in self._ages or word in self._sexes}
        ages = [self._ages[word] for word in said if word in self._ages]
        return Whom(age if age is not None else min(ages, default=None), self.sex(said), told_by)

    def sex(self, words: Sequence[str]) -> str | None:
        """The one sex that the words speak of; None when they speak of neither or both."""
        sexes = {self._sexes[word] for word in words if word in self._sexes}
        return sexes.pop() if len(sexes) == 1 else None


def _age_in_figures(question: str) -> tuple[int | None, frozenset[str]]:
    if found := _YEARS.search(question):
        figures = found[1] or found[2]
        return (int(figures), frozenset([text.stem(figures)])) if int(figures) <= OLDEST else (None, frozenset())
    if found := _DECADE.search(question):
        return int(found[1]) * 10 + 5, frozenset([text.stem(f"{found[1]}0s")])
    return None, frozenset()
