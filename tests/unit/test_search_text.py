"""How text becomes terms."""

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from social_rx.directory.search import text


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("Walking groups", ("walk", "group")),
        ("men's café", ("men", "cafe")),
        ("Men’s cafe", ("men", "cafe")),
        ("the lady who is on her own", ("ladi", "own")),
        ("FALLS falling fall", ("fall",)),
        ("S club", ("s", "club")),
        ("", ()),
        ("!!! 😀 ~*", ()),
        ("OR NOT (walk~9) [a TO z]", ("not", "walk", "9", "z")),
    ],
)
def test_words_are_found_whatever_their_ending_case_accents_and_punctuation(said, found):
    assert text.terms(said) == found


def test_no_more_than_twelve_words_are_looked_for():
    assert len(text.terms(" ".join(f"word{number}" for number in range(100)))) == 12


def test_a_word_longer_than_any_word_is_not_looked_for():
    assert text.terms(f"{'a' * 201} walking") == ("walk",)


@given(st.text(alphabet=st.characters(), max_size=300))
@example("\ud800 lone surrogate \udfff")
@example("\x00\x01control\x1b")
@example("ﷺ" * 10_000)
@example("İstanbul ß ﬁ")
def test_any_text_becomes_a_few_whole_terms(typed):
    found = text.terms(typed)

    assert len(found) <= 12
    assert all(0 < len(term) <= 200 and term.encode() for term in found)
    assert not set(found) & {"the", "and", "of"}


@given(st.text(max_size=100))
def test_a_search_finds_the_words_that_a_listing_is_written_with(written):
    assert set(text.terms(written)) <= set(text.stems(written))


@pytest.mark.parametrize("piece", ["lonely ", "é", "ﷺ", "a'", "\u0300", "(((", "*~9 OR "])
def test_a_text_of_any_length_is_read_in_a_moment(piece):
    started = time.process_time()

    text.terms(piece * 200_000)

    assert time.process_time() - started < 0.5
