"""What people's everyday words mean."""

import tomllib
from pathlib import Path

import pytest

from social_rx import directory
from social_rx.directory.search import text
from social_rx.directory.search import vocabulary as module
from social_rx.directory.search.vocabulary import Vocabulary, vocabulary

TAXONOMIES = tomllib.loads((Path(directory.__file__).parent / "taxonomies.toml").read_text())


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("lonely since her husband died", {"needs:loneliness_isolation", "needs:bereavement"}),
        ("isolated", {"needs:loneliness_isolation"}),
        ("skint", {"needs:money_debt", "supports:debt_advice"}),
        ("can't pay the rent", {"needs:money_debt", "needs:housing_security"}),
        ("cant pay my rent", {"needs:money_debt", "needs:housing_security"}),
        ("keeps falling over", {"needs:mobility_falls_frailty"}),
        ("falls", {"needs:mobility_falls_frailty", "supports:falls_strength_balance"}),
        ("new baby", {"needs:parenting_early_years"}),
        ("hoarding", {"needs:housing_condition", "needs:mental_wellbeing"}),
        ("PIP form", {"needs:welfare_benefits", "supports:welfare_rights"}),
        ("ex-army", {"needs:veterans_armed_forces"}),
        ("wants to stop smoking", {"needs:healthy_lifestyle", "supports:stop_smoking"}),
        ("nowhere to sleep", {"needs:homelessness"}),
        ("scared of her husband", {"needs:domestic_abuse_safety"}),
        ("no food in the cupboards", {"needs:food_insecurity"}),
        ("just out of hospital", {"needs:hospital_discharge_support", "supports:hospital_to_home"}),
        ("her memory is going", {"needs:memory_dementia"}),
        ("looks after her husband", {"needs:caring_role"}),
        ("gardening", {"supports:nature_gardening"}),
    ],
)
def test_everyday_words_stand_for_needs(said, meant):
    assert meant <= set(vocabulary().understand(said).codes)


@pytest.mark.parametrize(
    ("said", "not_meant"),
    [
        ("men's shed", "supports:handyperson"),
        ("walking football", "supports:walking_group"),
        ("social worker", "needs:employment_volunteering"),
        ("ask the link worker", "needs:employment_volunteering"),
        ("walking stick", "supports:walking_group"),
    ],
)
def test_a_phrase_is_understood_before_the_words_in_it(said, not_meant):
    assert not_meant not in vocabulary().understand(said).codes


def test_words_that_mean_no_need_are_left_to_be_looked_for():
    meaning = vocabulary().understand("lonely in Nuneaton")

    assert meaning.rest == ("nuneaton",)


@pytest.mark.parametrize("kind", ["needs", "supports"])
def test_every_code_of_the_taxonomies_has_its_words_and_no_other_code_has(kind):
    entries = tomllib.loads(module.FILE.read_text())[kind]

    assert set(entries) == set(TAXONOMIES[kind]["terms"])
    assert [code for code, entry in entries.items() if not entry["words"]] in ([], ["other"])


def test_every_kind_of_support_helps_with_a_need_that_exists():
    helps = {need for needs in vocabulary().helps.values() for need in needs}

    assert helps <= {f"needs:{code}" for code in TAXONOMIES["needs"]["terms"]}
    assert all(vocabulary().helps[f"supports:{code}"] for code in TAXONOMIES["supports"]["terms"])


def test_a_phrase_of_small_words_alone_is_refused():
    lists = {"no_need": [], "weak": [], "only_asked": []}

    with pytest.raises(ValueError, match="on her"):
        Vocabulary({"needs": {"x": {"name": "x", "words": ["on her"]}}, "supports": {}, **lists})


def test_words_that_say_much_when_asked_and_little_in_a_listing_are_told_apart():
    assert "needs:employment_volunteering" in vocabulary().understand("job").codes
    assert vocabulary().codes_in(text.stems("The jobs we do around the house")) == set()
    assert "needs:employment_volunteering" in vocabulary().codes_in(text.stems("A job club"))


def test_every_word_that_counts_only_when_asked_is_in_the_vocabulary():
    entries = tomllib.loads(module.FILE.read_text())

    unheard = [word for word in entries["only_asked"] if not vocabulary().understand(word).codes]

    assert unheard == []


def test_a_code_that_the_vocabulary_does_not_know_is_named_after_itself():
    assert vocabulary().name("needs:loneliness_isolation") == "loneliness"
    assert vocabulary().name("needs:something_new") == "something new"


@pytest.mark.parametrize("said", ["yoga", "chess", "cancer", "toddlers", "hoarding", "lift to hospital"])
def test_words_that_are_narrower_than_a_need_are_taken_literally(said):
    [wish] = vocabulary().understand(said).wishes

    assert wish.literal


@pytest.mark.parametrize(
    "said", ["lonely", "skint", "befriender", "walking group", "lunch club", "husband died", "polish"]
)
def test_words_that_are_the_need_itself_are_answered_by_whoever_was_given_it(said):
    [wish] = vocabulary().understand(said).wishes

    assert not wish.literal


def test_several_words_for_one_need_ask_for_one_thing():
    assert len(vocabulary().understand("isolated, no friends, no visitors").wishes) <= 2
    assert len(vocabulary().understand("isolated and no friends").wishes) == 1


def test_every_topic_is_a_part_of_some_need_or_kind_of_support():
    topics = [code for code in vocabulary().names if code.startswith("topics:")]
    words = tomllib.loads(module.FILE.read_text())["topics"]

    for topic in topics:
        wide = {code for word in words[topic.partition(":")[2]] for code in vocabulary().understand(word).codes}
        assert topic in wide
        assert [code for code in wide if code.startswith(("needs:", "supports:"))] or topic == "topics:young people"
