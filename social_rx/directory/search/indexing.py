"""What a listing says, as terms with weights: its words, and the needs and kinds of support that it speaks of."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from social_rx.directory.models.terms import NEEDS
from social_rx.directory.search import text
from social_rx.directory.search.documents import Document
from social_rx.directory.search.vocabulary import KINDS, LANGUAGES, TOPICS, Vocabulary

# What one word counts in each part of a listing.
NAME, KEYWORDS, BODY = 4.0, 2.0, 1.0

# How prominent a word or a topic is: the more, the surer is the listing about it.
IN_NAME, IN_SUMMARY, IN_BODY = 1.0, 0.8, 0.55

# How sure we are that a listing answers a need, a kind of support or a language. What it was given is surer the fewer
# others it was given, and the more its own words speak of it. The rest is read from its words alone, so that a listing
# nobody sorted is found too; a kind of support that it was given usually answers the needs it helps with.
GIVEN, ALONE, SPOKEN_OF, SUPPORTED = 0.5, 0.4, 0.2, 0.05
FEW = 2  # kinds of support and languages say as little about each other as two needs do
UNGIVEN = 0.45  # of how prominent it is in the words
HELPED = 0.4

# No word has these marks, so that neither a code nor a word of the listing's own is taken for a plain word.
CODE_MARK, OWN_MARK = "=", "@"
MARKS = (CODE_MARK, OWN_MARK)


class Said(NamedTuple):
    """The weight of each term, codes among them, and the length of the text: the sum of its words' weights.

    A marked word is one that the listing says itself, not only its organisation or the terms it was sorted under.
    """

    weights: Mapping[str, float]
    length: float


def said_by(document: Document, vocabulary: Vocabulary) -> Said:
    name, keywords, body = (text.stems(part) for part in (document.name, document.keywords, document.body))
    summary = text.stems(document.summary)
    weights: dict[str, float] = defaultdict(float)
    for stems, weight in ((name, NAME), (keywords, KEYWORDS), (summary, BODY), (body, BODY)):
        for stem in stems:
            weights[stem] += weight
    length = sum(weights.values())
    parts = ((body, IN_BODY), (summary, IN_SUMMARY), (name, IN_NAME))  # the most prominent last: it counts
    spoken_of: dict[str, float] = {}
    for stems, prominence in parts:
        weights |= dict.fromkeys((OWN_MARK + stem for stem in stems), prominence)
        spoken_of |= dict.fromkeys(vocabulary.codes_in(stems), prominence)
    for code, strength in _codes(document, vocabulary, spoken_of).items():
        weights[CODE_MARK + code] = strength
    return Said(weights, length)


def _codes(document: Document, vocabulary: Vocabulary, spoken_of: Mapping[str, float]) -> dict[str, float]:
    given = {kind: [f"{kind}:{code}" for code in getattr(document, kind)] for kind in (*KINDS, LANGUAGES)}
    helped = vocabulary.helped_by(given["supports"])
    strengths = {code: UNGIVEN * prominence for code, prominence in spoken_of.items()}
    strengths |= {code: max(HELPED, strengths.get(code, 0)) for code in helped}
    for kind, codes in given.items():
        others = len(codes) if kind == NEEDS else FEW
        for code in codes:
            more = SPOKEN_OF * spoken_of.get(code, 0) + SUPPORTED * (code in helped)
            strengths[code] = min(GIVEN + ALONE / others + more, 1.0)
    strengths |= dict.fromkeys(vocabulary.covered_by(given["supports"]), IN_BODY)
    return strengths | {code: strength for code, strength in spoken_of.items() if code.startswith(TOPICS)}
