"""What a search of the demonstration answers first, near the middle of Coventry."""

import tomllib
import uuid
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from social_rx import demo
from social_rx.directory.search.building import Base, build
from social_rx.directory.search.documents import Document
from social_rx.directory.search.query import Point, SearchQuery
from social_rx.directory.search.vocabulary import vocabulary

TODAY = date(2026, 11, 21)
MIDDLE = Point(52.4079, -1.5106, "CV1")
LISTINGS = sorted((Path(demo.__file__).parent / "listings").glob("*.toml"))


def as_document(number, group, row):
    return Document(
        id=uuid.UUID(int=number),
        name=row["name"],
        keywords=group["name"],
        summary=row["summary"],
        body=f"{row['description']} {row.get('who_for', '')}",
        places=tuple((at["latitude"], at["longitude"]) for at in row.get("location", ()) if "latitude" in at),
        outcodes=tuple(row.get("service_area", ())) if not row.get("location") else (),
        needs=tuple(row["needs"]),
        supports=tuple(row["supports"]),
        languages=tuple(row.get("languages", ())),
        sex=row.get("sex"),
        minimum_age=row.get("minimum_age"),
        maximum_age=row.get("maximum_age"),
        verified_on=TODAY,
    )


@cache
def demonstration():
    groups = [group for path in LISTINGS for group in tomllib.loads(path.read_text())["organisation"]]
    rows = [(group, row) for group in groups for row in group["service"] if row["status"] == "active"]
    documents = [as_document(number, *row) for number, row in enumerate(rows)]
    return Base(build(documents, vocabulary())).snapshot(vocabulary()), [document.name for document in documents]


def found(words, within_km=10.0):
    snapshot, names = demonstration()
    hits = snapshot.search(SearchQuery(words, near=MIDDLE, within_km=within_km), TODAY).hits
    return [names[hit.service_id.int] for hit in hits]


@pytest.mark.parametrize(
    ("words", "within_km", "among_the_first"),
    [
        ("lonely since her husband died", 10, "Loss café"),
        ("men's shed", 10, "Shed days"),
        ("panic attacks", 10, "Paint it out"),
        ("veteran ptsd", 10, "Veterans' caseworker"),
        ("cancer", 25, "Between scans"),
        ("arthritis", 25, "Clay for sore hands"),
        ("parkinsons", 25, "Dancing with Parkinson's"),
        ("child with autism", 25, "Quiet Carriage chat room"),
        ("needs a lift to hospital", 25, "Door-to-door minibus"),
        ("drinking too much", 25, "Older and wiser about drink"),
        ("befriender for housebound 85 year old", 10, "Home befriending"),
        ("depressed young man", 10, "Men Who Mutter, Coventry"),
        ("knee pain exercise", 10, "Arthritis movers online"),
        ("damp house", 10, "Damp and mould home check"),
        ("toddler group", 10, "Stay, play and speak"),
        ("hoarding", 10, "Big clear-out, gently done"),
        ("knitting circle", 10, "Knit, natter and learn the tablet"),
        ("stop smoking", 10, "Stop smoking, one to one"),
        ("dementia", 10, "Singing for memory"),
        ("skint", 10, "Debt breathing space sessions"),
        ("no food", 10, "Emergency food parcel"),
        ("help with pip form", 10, "Benefits check and form filling"),
        ("had a stroke", 10, "Stroke gym buddies"),
        ("choir", 10, "The Nowhere Near Perfect Choir"),
        ("scared of her husband", 10, "Willow Door refuge"),
        ("polish speaking", 25, "Senior Klub"),
    ],
)
def test_what_somebody_was_looking_for_is_among_the_first_three(words, within_km, among_the_first):
    assert among_the_first in found(words, within_km)[:3]


@pytest.mark.parametrize("words", ["panic attacks", "wheelchair", "cancer", "arthritis", "polish speaking", "hoarding"])
def test_what_was_only_sorted_under_something_wider_is_not_among_the_first(words):
    assert "Job coach" not in found(words)[:5]
