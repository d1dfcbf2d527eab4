"""The search against a slow oracle that looks at every listing: circle, filters, counts and totals, exactly."""

import math
import random
import uuid
from collections import Counter
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from social_rx.directory.search import ranking, text
from social_rx.directory.search.building import Base, build
from social_rx.directory.search.circle import EARTH_RADIUS_KM
from social_rx.directory.search.documents import Document
from social_rx.directory.search.indexing import said_by
from social_rx.directory.search.query import Point, SearchQuery
from social_rx.directory.search.vocabulary import vocabulary
from social_rx.directory.status import CapacityStatus

TODAY = date(2026, 11, 21)
_SAID = "walking tea lunch garden choir debt advice carers friendly coventry singing shed"
WORDS = _SAID.split()
NEEDS = ("loneliness_isolation", "bereavement", "money_debt")
SUPPORTS = ("walking_group", "befriending")
LANGUAGES = ("en", "pa", "so")
OUTCODES = ("CV1", "CV5", "CV11")


def some(dice, choices, most):
    return tuple(sorted(dice.sample(choices, dice.randint(0, most))))


def made_hours(dice):
    opens = dice.randrange(0, 1440, 30)
    return dice.randrange(7), opens, dice.randrange(opens + 30, 1470, 30)


def made_document(dice: random.Random) -> Document:
    def place():
        return dice.gauss(52.4, 0.08), dice.gauss(-1.5, 0.12)

    return Document(
        id=uuid.UUID(int=dice.getrandbits(128)),
        name=" ".join(dice.choices(WORDS, k=2)),
        keywords=dice.choice(WORDS),
        body=" ".join(dice.choices(WORDS, k=4)),
        places=tuple(place() for _ in range(dice.choice((0, 1, 1, 1, 1, 2, 3)))),
        outcodes=some(dice, OUTCODES, 2) if dice.random() < 0.2 else (),
        needs=some(dice, NEEDS, 2),
        supports=some(dice, SUPPORTS, 1),
        languages=some(dice, LANGUAGES, 2),
        days=frozenset(some(dice, range(7), 3)),
        hours=tuple(made_hours(dice) for _ in range(dice.randint(0, 3))),
        free=dice.random() < 0.5,
        step_free=dice.random() < 0.5,
        remote=some(dice, ("home", "phone", "online"), 2) if dice.random() < 0.3 else (),
        referable=dice.random() < 0.5,
        capacity=dice.choice(list(CapacityStatus)),
        minimum_age=dice.choice((None, None, 18, 50)),
        maximum_age=dice.choice((None, None, 25, 65)),
        verified_on=dice.choice((None, TODAY - timedelta(days=dice.randint(0, 500)))),
    )


DICE = random.Random(20261121)
LISTINGS = [made_document(DICE) for _ in range(400)]
BASE = Base(build(LISTINGS, vocabulary()))
WHOLE = BASE.snapshot(vocabulary())


def changed_snapshot():
    """The same listings, reached by way of others: some were different, some are new since, some are gone."""
    dice = random.Random(7)
    before = [made_document(dice) for _ in range(30)] + LISTINGS[:200] + [made_document(dice) for _ in range(40)]
    was = Base(build([*before, *(_as_other(one, dice) for one in LISTINGS[200:300])], vocabulary()))
    changes = {one.id: None for one in before if one not in LISTINGS[:200]}
    changes |= {one.id: (one, said_by(one, vocabulary())) for one in LISTINGS[200:]}
    return was.snapshot(vocabulary(), changes)


def _as_other(document, dice):
    other = made_document(dice)
    return Document(**{name: getattr(other, name) for name in Document.__slots__} | {"id": document.id})


SNAPSHOTS = {"from the index": WHOLE, "through changes": changed_snapshot()}


def kilometres(place, point):
    """The haversine formula, as anybody would write it."""
    a, b = math.radians(place[0]), math.radians(point.latitude)
    wide = math.radians(place[1] - point.longitude)
    half = math.sin((a - b) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(wide / 2) ** 2
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half))


def away(document, query):
    """How far; infinity when it does not belong in the search; None when it comes to people."""
    near = min((kilometres(place, query.near) for place in document.places), default=math.inf)
    if near <= query.within_km:
        return near
    everywhere = not document.places and not document.outcodes
    return None if everywhere or query.near.outcode in document.outcodes else math.inf


def meets(document, query):
    checked = document.verified_on
    words = set(text.stems(f"{document.name} {document.keywords} {document.body}"))
    age = query.age
    return all(
        (
            words.issuperset(text.terms(query.text)),
            not query.near or away(document, query) != math.inf,
            not query.needs or set(query.needs) & set(document.needs),
            not query.supports or set(query.supports) & set(document.supports),
            age is None
            or (document.minimum_age or 0) <= age <= (200 if document.maximum_age is None else document.maximum_age),
            not query.free or document.free,
            not query.step_free or document.step_free,
            not query.remote or document.remote,
            not query.language or query.language.lower() in document.languages,
            is_open(document, query),
            not query.has_places or document.capacity == "places",
            query.verified_within_days is None or (checked and (TODAY - checked).days <= query.verified_within_days),
        )
    )


def is_open(document, query):
    if query.from_time is None and query.to_time is None:
        return query.day is None or query.day in document.days
    first, last = (at.hour * 60 + at.minute if at else 0 for at in (query.from_time, query.to_time))
    asked = set(range(first, last or 1440))
    spans = [set(range(opens, closes)) for day, opens, closes in document.hours if query.day in (None, day)]
    return any(asked & span for span in spans)


def kinds(document):
    yield from (("needs", code) for code in document.needs)
    yield from (("supports", code) for code in document.supports)
    yield from (("language", code) for code in document.languages)
    yield from (("day", str(day)) for day in document.days)
    yield from (("remote", way) for way in document.remote)
    yield ("capacity", document.capacity.value)
    yes = {"free": document.free, "step_free": document.step_free, "referral": document.referable}
    yield from ((name, "yes") for name, true in yes.items() if true)


maybe = st.none()
HALF_HOURS = st.sampled_from([time(hour, minute) for hour in range(24) for minute in (0, 30)] + [time(13, 59)])
TIMES = maybe | st.tuples(maybe | HALF_HOURS, maybe | HALF_HOURS).filter(lambda at: None in at or at[0] < at[1])


def asked(times, **more):
    return SearchQuery(**more) if times is None else SearchQuery(from_time=times[0], to_time=times[1], **more)


QUERIES = st.builds(
    asked,
    times=TIMES,
    text=st.lists(st.sampled_from(WORDS), max_size=2).map(" ".join),
    near=maybe | st.builds(Point, st.floats(52.2, 52.6), st.floats(-1.8, -1.2), maybe | st.sampled_from(OUTCODES)),
    within_km=st.floats(0.1, 60),
    needs=st.lists(st.sampled_from((*NEEDS, "unheard_of")), max_size=2).map(tuple),
    supports=st.lists(st.sampled_from(SUPPORTS), max_size=1).map(tuple),
    age=maybe | st.integers(0, 100),
    free=st.booleans(),
    step_free=st.booleans(),
    remote=st.booleans(),
    language=maybe | st.sampled_from((*LANGUAGES, "EN", "xx")),
    day=maybe | st.integers(0, 6),
    has_places=st.booleans(),
    verified_within_days=maybe | st.integers(0, 500),
    per_page=st.just(100),
)


@pytest.mark.parametrize("snapshot", SNAPSHOTS.values(), ids=SNAPSHOTS)
@settings(max_examples=150, deadline=None)
@given(query=QUERIES)
def test_a_search_finds_and_counts_exactly_what_looking_at_every_listing_would(snapshot, query):
    hits = snapshot.search(query, TODAY, combine="all")

    expected = {document.id: document for document in LISTINGS if meets(document, query)}
    counted = Counter(kind for document in expected.values() for kind in kinds(document))
    assert hits.total == len(expected)
    assert {(facet, value): n for facet, values in hits.facets.items() for value, n in values.items()} == counted
    assert {hit.service_id for hit in hits.hits} <= set(expected)
    for hit in hits.hits:
        if query.near:
            assert hit.distance_km == pytest.approx(away(expected[hit.service_id], query), abs=1e-9)


@pytest.mark.parametrize("snapshot", SNAPSHOTS.values(), ids=SNAPSHOTS)
@pytest.mark.parametrize("question", ["", "walking tea", "lonely and skint"])
def test_pages_together_hold_every_hit_once_and_in_one_order(snapshot, question):
    def page(number, size):
        return snapshot.search(SearchQuery(text=question, page=number, per_page=size), TODAY)

    total = page(1, 7).total
    pages = [hit for number in range(1, total // 7 + 2) for hit in page(number, 7).hits]

    assert len(pages) == len({hit.service_id for hit in pages}) == total
    assert pages == sorted(pages, key=lambda hit: (-hit.score, hit.service_id.bytes))
    assert page(total + 1, 1).hits == ()


def test_the_expired_come_last_whatever_else_they_are():
    hits = WHOLE.search(SearchQuery(near=Point(52.4, -1.5), within_km=60, per_page=100), TODAY)
    last = WHOLE.search(SearchQuery(near=Point(52.4, -1.5), within_km=60, per_page=100, page=4), TODAY)

    expired = {one.id for one in LISTINGS if one.verified_on and (TODAY - one.verified_on).days > 365}
    assert not expired & {hit.service_id for hit in hits.hits}
    assert {hit.service_id for hit in last.hits} <= expired or last.total < 400
    assert ranking.EXPIRED < -1


def test_a_circle_reaches_round_a_pole_and_over_the_date_line():
    places = {"north": (89.99, 10.0), "fiji": (-16.5, 179.99)}
    documents = [Document(id=uuid.uuid4(), name=name, places=(place,)) for name, place in places.items()]
    snapshot = Base(build(documents, vocabulary())).snapshot(vocabulary())

    for document, point in zip(documents, (Point(89.99, -170.0), Point(-16.5, -179.99)), strict=True):
        [hit] = snapshot.search(SearchQuery(near=point, within_km=10), TODAY).hits
        assert hit.service_id == document.id
        assert hit.distance_km == pytest.approx(kilometres(document.places[0], point), abs=1e-9)
