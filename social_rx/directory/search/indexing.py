"""What a listing says, as terms with weights: its words, and the needs and kinds of support that it speaks of."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from social_rx.directory.search import text
from social_rx.directory.search.documents import Document
from social_rx.directory.search.vocabulary import KINDS, Vocabulary

NAME, KEYWORDS, BODY = 4.0, 2.0, 1.0  # what one word counts in each part of a listing

# How sure we are that a listing answers a need. Only what it was given is certain; the rest is read from its words,
# so that a listing nobody sorted is found too.
GIVEN, GIVEN_ALONE = 0.9, 1.0  # one of many says a little less than the only one
IN_NAME = 0.8
HELPED = 0.6  # a kind of support that it was given usually answers the need
IN_TEXT = 0.4

CODE_MARK = "="  # no word has it, so that a code is never taken for one


class Said(NamedTuple):
    """The weight of each term, codes among them, and the length of the text: the sum of its words' weights."""

    weights: Mapping[str, float]
    length: float


def said_by(document: Document, vocabulary: Vocabulary) -> Said:
    name, keywords, body = (text.stems(part) for part in (document.name, document.keywords, document.body))
    weights: dict[str, float] = defaultdict(float)
    for stems, weight in ((name, NAME), (keywords, KEYWORDS), (body, BODY)):
        for stem in stems:
            weights[stem] += weight
    length = sum(weights.values())
    for code, strength in _codes(document, vocabulary, name, body).items():
        weights[CODE_MARK + code] = strength
    return Said(weights, length)


def _codes(document: Document, vocabulary: Vocabulary, name: Sequence[str], body: Sequence[str]) -> dict[str, float]:
    given = {f"{kind}:{code}" for kind in KINDS for code in getattr(document, kind)}
    strengths = dict.fromkeys(vocabulary.codes_in(body), IN_TEXT)
    strengths |= dict.fromkeys(vocabulary.helped_by(given), HELPED)
    strengths |= dict.fromkeys(vocabulary.codes_in(name), IN_NAME)
    return strengths | dict.fromkeys(given, GIVEN + (GIVEN_ALONE - GIVEN) / max(1, len(given)))
