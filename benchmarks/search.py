"""How much CPU a search takes, side by side with the numpy floor and with textbook Whoosh.

Ten thousand made-up listings squeezed into one county, and 200 mixed queries: text, place, filters, and all of them.
The listings, the queries and the engines we compare with are kept outside the project, in `../shared/bench`. All run
in one process and in turns, so that a busy machine slows them alike: look at the ratios.
"""

import contextlib
import importlib
import io
import os
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from social_rx import clock
from social_rx.directory.search.building import Base, build
from social_rx.directory.search.documents import Document
from social_rx.directory.search.query import Point, SearchQuery
from social_rx.directory.search.vocabulary import vocabulary

SHARED = Path(__file__).resolve().parents[2] / "shared" / "bench"
LISTINGS = int(os.environ.get("LISTINGS", "10000"))
ROUNDS = 10
WHOOSH_ROUNDS = 2
GOALS = {"floor": 2.0, "textbook": 1 / 50}


def as_document(listing: dict[str, Any]) -> Document:
    return Document(
        id=uuid.UUID(int=listing["id"]),
        name=listing["name"],
        keywords=listing["keywords"],
        body=f"{listing['summary']} {listing['body']}",
        places=((listing["lat"], listing["lng"]),),
        needs=tuple(f"kind_{number}" for number in listing["cats"]),
        days=frozenset(day for day in range(7) if listing["wd"] >> day & 1),
        free=bool(listing["free"]),
        step_free=bool(listing["wheel"]),
        minimum_age=listing["amin"],
        maximum_age=listing["amax"],
        verified_on=clock.today(),
    )


def as_query(question: dict[str, Any]) -> SearchQuery:
    return SearchQuery(
        text=question.get("text", ""),
        near=Point(question["lat"], question["lng"]) if "lat" in question else None,
        within_km=question.get("km", 10.0),
        needs=(f"kind_{question['cat']}",) if "cat" in question else (),
        age=question.get("age"),
        free=bool(question.get("free")),
        step_free=bool(question.get("wheel")),
        day=question.get("day"),
    )


def timed(engines: dict[str, Callable[[int], Any]], questions: int, rounds: int) -> dict[str, list[float]]:
    """The median CPU milliseconds of each question, for each engine; the engines take turns in every round."""
    taken = {name: np.empty((rounds, questions)) for name in engines}
    for turn in range(rounds):
        for name, ask in engines.items():
            for number in range(questions):
                start = time.process_time()
                ask(number)
                taken[name][turn, number] = (time.process_time() - start) * 1000
    return {name: np.median(rounds, axis=0).tolist() for name, rounds in taken.items()}


@contextlib.contextmanager
def at_work(folder: Path) -> Iterator[None]:
    """In the folder, with the engines importable and the county chosen for the queries too."""
    os.environ["COUNTY"] = "1"
    sys.path.insert(0, str(SHARED))
    with contextlib.chdir(folder):
        yield


def reference(name: str, listings: list[dict[str, Any]]) -> Any:
    """One of the engines we compare with, built from the listings and opened."""
    engine = importlib.import_module(name).Engine()
    with contextlib.redirect_stdout(io.StringIO()):
        engine.build(iter(listings), name, len(listings))
        engine.open(name)
    return engine


def facets_of(hits: Any) -> tuple[list[int], list[int]]:
    """Our counts in the order of the floor's: seven days, free, step-free, and the sixty kinds."""
    days = [hits.facets.get("day", {}).get(str(day), 0) for day in range(7)]
    yes = [hits.facets.get(name, {}).get("yes", 0) for name in ("free", "step_free")]
    kinds = hits.facets.get("needs", {})
    return days + yes, [kinds.get(f"kind_{number}", 0) for number in range(60)]


def agreement(hits: list[Any], exact: list[Any]) -> tuple[int, int]:
    """For how many questions the totals are equal, and for how many all counts are."""
    pairs = list(zip(hits, exact, strict=True))
    totals = sum(ours.total == floor[0] for ours, floor in pairs)
    # the floor also counts four bands of age, which nobody filters by
    counts = sum(facets_of(ours) == ([*floor[2][0][:7], *floor[2][0][11:]], list(floor[2][1])) for ours, floor in pairs)
    return totals, counts


def main() -> int:
    if not (SHARED / "gen.py").exists():
        print(f"Not measured: the listings and the engines to compare with are not at {SHARED}.")
        return 0
    with tempfile.TemporaryDirectory() as folder, at_work(Path(folder)):
        return compare()


def compare() -> int:
    common = importlib.import_module("common")
    listings = [common.sq(listing) for listing in importlib.import_module("gen").docs(LISTINGS)]
    questions = common.queries()
    start = time.process_time()
    files = build([as_document(listing) for listing in listings], vocabulary())
    built = time.process_time() - start
    ours, today = Base(files).snapshot(vocabulary()), clock.today()
    floor, textbook = reference("eng_np", listings), reference("eng_whoosh", listings)
    asked = [as_query(question) for question in questions]
    engines = {
        "ours, all words required": lambda number: ours.search(asked[number], today, combine="all"),
        "numpy floor": lambda number: floor.search(questions[number]),
        "ours, as people use it": lambda number: ours.search(asked[number], today),
    }
    totals, counts = agreement(*([engines[name](number) for number in range(len(asked))] for name in list(engines)[:2]))
    taken = timed(engines, len(asked), ROUNDS)
    taken |= timed({"textbook Whoosh": lambda number: textbook.search(questions[number])}, len(asked), WHOOSH_ROUNDS)
    print(f"{LISTINGS} listings in one county, {len(asked)} queries; index built in {built:.1f} s of CPU")
    print(f"{'CPU milliseconds a query':28} {'p50':>9} {'p95':>9} {'p50 / floor':>12}")
    least = float(np.median(taken["numpy floor"]))
    for name, each in taken.items():
        p50, p95 = np.percentile(each, [50, 95])
        print(f"{name:28} {p50:9.3f} {p95:9.3f} {p50 / least:12.2f}")
    strict, slow = (float(np.median(taken[name])) for name in ("ours, all words required", "textbook Whoosh"))
    print(f"against the floor {strict / least:.2f} (goal: at most {GOALS['floor']:.2f})")
    print(f"against textbook Whoosh 1/{slow / strict:.0f} (goal: at most 1/{1 / GOALS['textbook']:.0f})")
    print(f"equal to the floor: totals {totals} of {len(asked)}, facet counts {counts} of {len(asked)}")
    good = totals == counts == len(asked) and strict <= GOALS["floor"] * least and strict <= GOALS["textbook"] * slow
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
