"""Which codes a text speaks of, from a table of words."""

import re
from collections.abc import Iterable, Mapping


class Keywords:
    """Finds whole words and phrases in a text, in either case; a star stands for any ending (`bereave*`)."""

    def __init__(self, table: Mapping[str, Iterable[str]]):
        self._codes = {words.casefold(): tuple(codes) for words, codes in table.items()}
        self._patterns = [(words, re.compile(rf"(?<!\w){_pattern(words)}(?!\w)")) for words in sorted(self._codes)]

    def codes_in(self, text: str) -> set[str]:
        folded = " ".join(text.casefold().replace("’", "'").split())
        # Asking first whether the letters occur at all is ten times as fast as asking each pattern.
        return {
            code
            for words, pattern in self._patterns
            if words.rstrip("*") in folded and pattern.search(folded)
            for code in self._codes[words]
        }


def _pattern(words: str) -> str:
    return re.escape(words.rstrip("*")) + (r"\w*" if words.endswith("*") else "")
