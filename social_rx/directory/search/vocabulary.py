"""What people's everyday words mean: "skint" is debt advice, "husband died" is bereavement."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from social_rx.directory.search import text

FILE = Path(__file__).with_name("vocabulary.toml")
KINDS = ("needs", "supports")
SHORTEST = 2  # letters: "ms" would be found wherever an M stands alone
MOST_WORDS = 64  # of a search that are looked at for their meaning


@dataclass(frozen=True)
class Meaning:
    """What a text was understood to ask: `needs:` and `supports:` codes, and the stems that are left over."""

    codes: tuple[str, ...]
    rest: tuple[str, ...]


class Vocabulary:
    """Phrases and words in their stems, each with the codes it stands for. Codes are prefixed: `needs:bereavement`."""

    def __init__(self, entries: Mapping[str, Any]):
        self._codes: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._longest: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.helps: dict[str, tuple[str, ...]] = {}
        for kind in KINDS:
            for code, entry in entries[kind].items():
                self._add(f"{kind}:{code}", entry)
        for phrase in entries["no_need"]:
            self._stands_for(phrase, ())
        self._only_asked = {tuple(text.stems(phrase)) for phrase in entries["only_asked"]}
        self.weak = frozenset(stem for word in entries["weak"] for stem in text.stems(word))

    def _add(self, code: str, entry: Mapping[str, Any]) -> None:
        self.names[code] = entry["name"]
        self.helps[code] = tuple(f"needs:{need}" for need in entry.get("helps", ()))
        for phrase in entry["words"]:
            self._stands_for(phrase, (code,))

    def _stands_for(self, phrase: str, codes: tuple[str, ...]) -> None:
        key = tuple(text.stems(phrase))
        if not key or len("".join(key)) < SHORTEST:
            raise ValueError(f"{phrase!r} has no word that carries meaning")
        self._codes[key] = tuple(dict.fromkeys(self._codes.get(key, ()) + codes))
        self._longest[key[0]] = max(len(key), self._longest.get(key[0], 0))

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
        codes: list[str] = []
        rest: list[str] = []
        for phrase, found in self.phrases(text.stems(question)[:MOST_WORDS]):
            codes += found
            rest += () if found else phrase
        return Meaning(tuple(dict.fromkeys(codes)), tuple(dict.fromkeys(rest))[: text.MOST_TERMS])

    def codes_in(self, stems: Sequence[str]) -> set[str]:
        """The codes that a listing's own words speak of."""
        said = self.phrases(stems)
        return {code for phrase, codes in said if phrase not in self._only_asked for code in codes}

    def helped_by(self, codes: Iterable[str]) -> set[str]:
        """The needs that these kinds of support usually answer."""
        return {need for code in codes for need in self.helps.get(code, ())}

    def name(self, code: str) -> str:
        return self.names.get(code) or code.partition(":")[2].replace("_", " ")


@cache
def vocabulary() -> Vocabulary:
    """The vocabulary that came with the program, read once."""
    return Vocabulary(tomllib.loads(FILE.read_text(encoding="utf-8")))
