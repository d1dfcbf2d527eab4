"""What people's everyday words mean: "skint" is debt advice, "husband died" is bereavement."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from social_rx.directory.search import text
from social_rx.directory.search.people import People

FILE = Path(__file__).with_name("vocabulary.toml")
KINDS = ("needs", "supports")
LANGUAGES = "languages"
TOPICS = "topics"
SHORTEST = 2  # letters: "ms" would be found wherever an M stands alone
MOST_WORDS = 64  # of a search that are looked at for their meaning


class Wish(NamedTuple):
    """One thing that a text asks for: the stems that say so, and the codes they stand for, any of which answers it.

    A literal wish is narrower than its codes: who asks for yoga is not served by every exercise class.
    """

    stems: tuple[str, ...]
    codes: tuple[str, ...]
    literal: bool


@dataclass(frozen=True)
class Meaning:
    """What a text was understood to ask, and the stems that are left over."""

    wishes: tuple[Wish, ...]
    rest: tuple[str, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """All `needs:`, `supports:`, `topics:` and `languages:` that are asked for."""
        return tuple(dict.fromkeys(code for wish in self.wishes for code in wish.codes))


class Vocabulary:
    """Phrases and words in their stems, each with the codes it stands for. Codes are prefixed: `needs:bereavement`."""

    def __init__(self, entries: Mapping[str, Any]):
        self._codes: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._longest: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.helps: dict[str, tuple[str, ...]] = {}
        self._covers: dict[str, tuple[str, ...]] = {}
        for kind in KINDS:
            for code, entry in entries[kind].items():
                self._add(f"{kind}:{code}", entry["name"], entry["words"])
                self.helps[f"{kind}:{code}"] = tuple(f"needs:{need}" for need in entry.get("helps", ()))
                self._covers[f"{kind}:{code}"] = tuple(f"{TOPICS}:{topic}" for topic in entry.get("covers", ()))
        for topic, words in entries.get(TOPICS, {}).items():
            self._add(f"{TOPICS}:{topic}", topic, words)
        for language, words in entries.get(LANGUAGES, {}).items():
            self._add(f"{LANGUAGES}:{language}", words[0].title(), words)
        for phrase in entries["no_need"]:
            self._stands_for(phrase, ())
        self.people = People(entries.get("about", {}))
        self.weak = frozenset(stem for word in entries["weak"] for stem in text.stems(word))
        self._only_asked = {tuple(text.stems(phrase)) for phrase in entries["only_asked"]}
        self._literal = {tuple(text.stems(phrase)) for phrase in entries.get("literal", ())}

    def _add(self, code: str, name: str, words: Iterable[str]) -> None:
        self.names[code] = name
        for phrase in words:
            self._stands_for(phrase, (code,))

    def _stands_for(self, phrase: str, codes: tuple[str, ...]) -> None:
        key = tuple(text.stems(phrase))
        if not key or len("".join(key)) < SHORTEST:
            raise ValueError(f"{phrase!r} has no word that carries meaning")
        self._codes[key] = tuple(dict.fromkeys(self._codes.get(key, ()) + codes))
        self._longest[key[0]] = max(len(key), self._longest.get(key[0], 0))

    def _is_literal(self, phrase: tuple[str, ...], codes: Iterable[str]) -> bool:
        """Whether the phrase says more than its codes: by the list, by a topic, or as one activity of many."""
        kinds = {code.partition(":")[0] for code in codes}
        if phrase in self._literal or TOPICS in kinds:
            return True
        names = {stem for code in codes for stem in text.stems(self.name(code))}
        return kinds == {"supports"} and not names.issuperset(phrase)

    def phrases(self, stems: Sequence[str]) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
        """Cut the stems into the longest known phrases and single stems, each with its codes."""
        at = 0
        while at < len(stems):
            for length in range(self._longest.get(stems[at], 1), 0, -1):
                found = tuple(stems[at : at + length])
                codes = self._codes.get(found)
                if codes is not None or length == 1:
                    yield found, codes or ()
                    at += len(found)
                    break

    def understand(self, question: str) -> Meaning:
        wishes: dict[tuple[str, ...], Wish] = {}
        rest: list[str] = []
        for phrase, codes in self.phrases(text.stems(question)[:MOST_WORDS]):
            if codes:
                wishes[phrase] = Wish(phrase, codes, self._is_literal(phrase, codes))
            else:
                rest += phrase
        return Meaning(_together(wishes.values())[: text.MOST_TERMS], tuple(dict.fromkeys(rest))[: text.MOST_TERMS])

    def codes_in(self, stems: Sequence[str]) -> set[str]:
        """The codes that a listing's own words speak of."""
        said = self.phrases(stems)
        return {code for phrase, codes in said if phrase not in self._only_asked for code in codes}

    def helped_by(self, codes: Iterable[str]) -> set[str]:
        """The needs that these kinds of support usually answer."""
        return {need for code in codes for need in self.helps.get(code, ())}

    def covered_by(self, codes: Iterable[str]) -> set[str]:
        """The topics that these kinds of support are all about."""
        return {topic for code in codes for topic in self._covers.get(code, ())}

    def name(self, code: str) -> str:
        return self.names.get(code) or code.partition(":")[2].replace("_", " ")


def _together(wishes: Iterable[Wish]) -> tuple[Wish, ...]:
    """The wishes, those that ask for the same need as one: "lonely and isolated" asks for one thing."""
    found: dict[Iterable[str], Wish] = {}
    for wish in wishes:
        same = wish.stems if wish.literal else frozenset(wish.codes)
        said = found[same].stems if same in found else ()
        found[same] = wish._replace(stems=said + wish.stems)
    return tuple(found.values())


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that came with the program, read once."""
    return Vocabulary(tomllib.loads(FILE.read_text(encoding="utf-8")))
