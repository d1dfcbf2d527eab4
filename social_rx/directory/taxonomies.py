"""Our own taxonomies, needs and kinds of support: read from `taxonomies.toml`, and kept in the database."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from social_rx.db import db, transactional
from social_rx.directory.models import Taxonomy, Term
from social_rx.directory.models.terms import NEEDS as NEEDS_TAXONOMY
from social_rx.directory.models.terms import SUPPORTS as SUPPORTS_TAXONOMY

_FILE = Path(__file__).with_name("taxonomies.toml")
TABLES: dict[str, dict[str, Any]] = tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _names(taxonomy: str) -> dict[str, str]:
    return {code: term["name"] for code, term in TABLES[taxonomy]["terms"].items()}


NEEDS = _names(NEEDS_TAXONOMY)
SUPPORTS = _names(SUPPORTS_TAXONOMY)
PILLARS: dict[str, str] = {code: pillar["name"] for code, pillar in TABLES[SUPPORTS_TAXONOMY]["pillars"].items()}
SUPPORTS_BY_PILLAR: dict[str, dict[str, str]] = {
    pillar: {code: term["name"] for code, term in TABLES["supports"]["terms"].items() if term["pillar"] == pillar}
    for pillar in PILLARS
}


def everyday_words(taxonomy: str) -> dict[str, list[str]]:
    """For `needs` or `supports`: the words by which a text shows its code, each with the codes it stands for."""
    table: dict[str, list[str]] = {}
    for code, term in TABLES[taxonomy]["terms"].items():
        for words in term["words"]:
            table.setdefault(words, []).append(code)
    return table


@transactional
def ensure_taxonomies() -> dict[str, dict[str, Term]]:
    """Add whatever terms the database lacks; return all of ours as taxonomy > code > term.

    A term that is there already keeps the name somebody may have given it.
    """
    return {code: _ensure_taxonomy(code, table) for code, table in TABLES.items()}


def _ensure_taxonomy(code: str, table: Mapping[str, Any]) -> dict[str, Term]:
    taxonomy = db.session.scalar(select(Taxonomy).where(Taxonomy.code == code))
    if taxonomy is None:
        taxonomy = Taxonomy(code=code, name=table["name"], description=table["description"])
        db.session.add(taxonomy)
        db.session.flush()
    known = {term.code: term for term in db.session.scalars(select(Term).where(Term.taxonomy_id == taxonomy.id))}
    _add_missing(taxonomy, known, table.get("pillars", {}))
    _add_missing(taxonomy, known, table["terms"])
    return {code: known[code] for code in table["terms"]}


def _add_missing(taxonomy: Taxonomy, known: dict[str, Term], terms: Mapping[str, Mapping[str, Any]]) -> None:
    for code, term in terms.items():
        if code not in known:
            parent = known.get(term.get("pillar", ""))
            known[code] = Term(
                taxonomy_id=taxonomy.id,
                code=code,
                name=term["name"],
                description=term["description"],
                parent_id=parent.id if parent else None,
            )
            db.session.add(known[code])
    db.session.flush()
