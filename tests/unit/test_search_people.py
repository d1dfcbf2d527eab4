"""Whom a search is about, as far as its words tell."""

import time

import pytest

from social_rx.directory.search.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("words", "age"),
    [
        ("befriender for housebound 85 year old", 85),
        ("85-year-old", 85),
        ("aged 7", 7),
        ("19yo with anxiety", 19),
        ("in her 80s", 85),
        ("anxious teenager", 15),
        ("young man", 21),
        ("elderly", 75),
        ("lonely 16 year old teenager", 16),
        ("999 year old", None),
        ("flat 12", None),
        ("section 21", None),
        ("lonely", None),
    ],
)
def test_an_age_is_understood_in_figures_and_in_words(words, age):
    assert vocabulary().people.whom(words).age == age


@pytest.mark.parametrize(
    ("words", "sex"),
    [
        ("depressed young man", "male"),
        ("men's shed", "male"),
        ("women’s group", "female"),
        ("an old lady", "female"),
        ("men and women", None),
        ("lonely since her husband died", None),
        ("her mum is ill", None),
    ],
)
def test_a_sex_is_understood_when_only_one_is_spoken_of(words, sex):
    assert vocabulary().people.whom(words).sex == sex


def test_figures_that_tell_an_age_are_not_looked_for():
    assert vocabulary().people.whom("85 year old in Nuneaton").told_by == {"85"}


@pytest.mark.parametrize("piece", ["1 ", "aged ", "12 year ", "her 8", " " * 50 + "9", "1-- "])
def test_a_text_of_any_length_is_read_in_a_moment(piece):
    started = time.process_time()

    vocabulary().people.whom(piece * 100_000)

    assert time.process_time() - started < 0.5
