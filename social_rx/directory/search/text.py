"""Words: how text becomes terms, the same when a listing is indexed and when somebody searches."""

import re
import unicodedata
from functools import lru_cache

from Stemmer import Stemmer

LONGEST_TEXT = 10_000
LONGEST_TERM = 200
MOST_TERMS = 12

_SMALL_WORDS = """
a about an and any are as at be been being but by did do does each for from had has have he her hers him his
i if in into is it its me my of on or our she so that the their them then there these they this those to was
we were which while who with you your yours since because than also am us please
"""
STOP_WORDS = frozenset(_SMALL_WORDS.split())

_WORD = re.compile(r"\w+")
_APOSTROPHES = re.compile("['‘’ʼ`´]")
_stemmer = Stemmer("porter")


def words(text: str) -> list[str]:
    """Every word of the text in lower case, without accents and apostrophes: "Men's café" is mens, cafe."""
    text = text[:LONGEST_TEXT]
    if not text.isascii():
        text = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return _WORD.findall(_APOSTROPHES.sub("", text).lower())


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    return _stemmer.stemWord(word) or word


def stems(text: str) -> list[str]:
    """The stem of every word that carries meaning, in order. Too long a word is no word."""
    return [stem(word) for word in words(text) if word not in STOP_WORDS and len(word) <= LONGEST_TERM]


def terms(text: str) -> tuple[str, ...]:
    """What to look for: the different stems of the text, the first twelve."""
    return tuple(dict.fromkeys(stems(text)))[:MOST_TERMS]
