"""Which service comes first: a small invented town, and what its people would type."""

import pytest

from social_rx.directory import search
from social_rx.directory.models import Eligibility, Language
from social_rx.directory.search import Point, SearchQuery
from social_rx.directory.search.circle import EARTH_RADIUS_KM
from tests import make

HALL = Point(52.408, -1.51)
KM_NORTH = 1 / (EARTH_RADIUS_KM * 0.017453292519943295)  # degrees of latitude

# Close by, and given many needs that their words do not speak of.
BUSY = (
    ("Job coach", ("disability_neurodiversity", "long_term_condition_self_management", "mental_wellbeing"), ()),
    ("Debt sessions", ("mental_wellbeing", "money_debt", "housing_condition", "transport_access"), ("debt_advice",)),
    ("Open loom", ("loneliness_isolation", "mental_wellbeing", "pain_sleep_fatigue"), ("arts_craft",)),
    ("Orientation walks", ("language_migration", "loneliness_isolation", "transport_access"), ("walking_group",)),
    ("Breakfast with the goats", ("food_insecurity", "loneliness_isolation", "parenting_early_years"), ()),
    ("Eviction helpdesk", ("housing_security", "money_debt"), ("housing_advice",)),
    ("Student supper", ("education_skills", "loneliness_isolation"), ("intergenerational",)),
    ("After suicide group", ("bereavement", "mental_wellbeing"), ("bereavement_support", "peer_support")),
    ("Talking after a stroke", ("loneliness_isolation", "long_term_condition_self_management"), ("peer_support",)),
    ("Even Money", ("alcohol_drugs_gambling", "money_debt", "mental_wellbeing"), ("peer_support",)),
    ("Sari stitch circle", ("loneliness_isolation", "mental_wellbeing"), ("arts_craft", "men_women_group")),
    ("Muttering men", ("loneliness_isolation", "mental_wellbeing"), ("men_women_group",)),
    ("Bridge afternoon", ("loneliness_isolation",), ("coffee_social",)),
)
# Further away, and what somebody was looking for.
RIGHT = (
    ("Loss café", "Coffee for people who have lost someone.", ("loneliness_isolation", "bereavement")),
    ("Shed days", "Fix things and drink tea.", ("loneliness_isolation", "mental_wellbeing", "bereavement")),
    ("Calm steps", "What anxiety is, and small ways to turn it down.", ("mental_wellbeing",)),
    ("Brew and banter", "A breakfast for veterans.", ("veterans_armed_forces", "mental_wellbeing")),
    ("Walker loan", "Borrow a wheelchair.", ("disability_neurodiversity", "mobility_falls_frailty")),
    ("Between scans", "For people who live with cancer.", ("long_term_condition_self_management", "mental_wellbeing")),
    ("Clay for sore hands", "For people with arthritis.", ("pain_sleep_fatigue",)),
    ("Dancing with Parkinson's", "Music and movement.", ("long_term_condition_self_management",)),
    ("Sensory play", "For autistic children.", ("disability_neurodiversity", "parenting_early_years")),
    ("New in town", "Meet new people over brunch.", ("loneliness_isolation",)),
    ("Wiser", "For people who would like to stop drinking.", ("alcohol_drugs_gambling", "bereavement")),
    ("Studley lifts", "A volunteer driver takes you to the surgery or hospital.", ("transport_access",)),
    ("Low tide", "For people with low mood.", ("mental_wellbeing",)),
    ("Good Back class", "Exercise for sore backs.", ("pain_sleep_fatigue", "physical_activity")),
    ("Dry walls", "We look at damp and mould.", ("housing_condition",)),
    ("Rhyme time", "A playgroup for toddlers.", ("parenting_early_years",)),
    ("Gently cleared", "For homes full of clutter.", ("housing_condition", "mental_wellbeing", "housing_security")),
)
# Nobody sorted these: they came from elsewhere.
UNSORTED = ("Chess for lonely people", "Knitting circle")


@pytest.fixture
def town(app):
    for number, (name, needs, supports) in enumerate(BUSY):
        one = make.service(name, needs=needs, supports=supports, latitude=HALL.latitude + number * 0.1 * KM_NORTH)
        if name == "Sari stitch circle":
            make.save(Eligibility(service_id=one.id, kind="sex", value="female"))
    away = {"latitude": HALL.latitude + 5 * KM_NORTH, "longitude": HALL.longitude}
    for name, summary, needs in RIGHT:
        supports = ("men_women_group", "arts_craft") if name == "Shed days" else ()
        make.service(name, summary=summary, needs=needs, supports=supports, **away)
    for name in UNSORTED:
        make.service(name, **away)
    polish = make.service("Senior Klub", needs=("loneliness_isolation",), **away)
    make.save(Language(service_id=polish.id, code="pl"))
    make.service("Home visitors", needs=("loneliness_isolation",), supports=("befriending",), latitude=None)


def found(words, **asked):
    return [service.name for service in search.find_services(SearchQuery(words, near=HALL, **asked)).services]


@pytest.mark.parametrize(
    ("words", "among_the_first", "never_first"),
    [
        ("lonely since her husband died", "Loss café", "After suicide group"),
        ("men's shed", "Shed days", "Muttering men"),
        ("panic attacks", "Calm steps", "Job coach"),
        ("anxious teenager", "Calm steps", "Debt sessions"),
        ("veteran ptsd", "Brew and banter", "Open loom"),
        ("wheelchair", "Walker loan", "Job coach"),
        ("cancer", "Between scans", "Job coach"),
        ("arthritis", "Clay for sore hands", "Job coach"),
        ("parkinsons", "Dancing with Parkinson's", "Job coach"),
        ("child with autism", "Sensory play", "Job coach"),
        ("wants to meet people", "New in town", "Talking after a stroke"),
        ("drinking too much", "Wiser", "Even Money"),
        ("needs a lift to hospital", "Studley lifts", "Orientation walks"),
        ("befriender for housebound 85 year old", "Home visitors", "Student supper"),
        ("polish speaking", "Senior Klub", "Job coach"),
        ("depressed young man", "Low tide", "Sari stitch circle"),
        ("knee pain exercise", "Good Back class", "Open loom"),
        ("damp house", "Dry walls", "Eviction helpdesk"),
        ("toddler group", "Rhyme time", "Breakfast with the goats"),
        ("hoarding", "Gently cleared", "Job coach"),
        ("chess", "Chess for lonely people", "Bridge afternoon"),
        ("knitting circle", "Knitting circle", "Sari stitch circle"),
        ("lonely", "Home visitors", "Orientation walks"),
    ],
)
def test_what_somebody_was_looking_for_comes_first(town, words, among_the_first, never_first):
    names = found(words)

    assert among_the_first in names[:3]
    assert names[0] != never_first


@pytest.mark.parametrize("words", ["men's shed", "group for men", "depressed man"])
def test_a_group_for_women_is_not_among_the_first_for_a_man(town, words):
    assert "Sari stitch circle" not in found(words)[:5]


def test_a_group_for_women_is_found_for_a_woman(town):
    assert found("group for women")[0] == "Sari stitch circle"


def test_a_listing_that_meets_more_needs_beats_one_next_door_that_meets_one(app):
    make.service("Both", needs=("bereavement", "loneliness_isolation"), latitude=HALL.latitude + 6 * KM_NORTH)
    make.service("Only one", needs=("bereavement",))

    assert found("lonely since her husband died") == ["Both", "Only one"]


def test_of_listings_that_meet_one_need_that_for_which_it_is_the_main_one_comes_first(app):
    make.service("One of four", needs=("loneliness_isolation", "food_insecurity", "money_debt", "mental_wellbeing"))
    make.service("The only one", needs=("loneliness_isolation",), latitude=HALL.latitude + 1 * KM_NORTH)

    assert found("lonely") == ["The only one", "One of four"]


def test_of_listings_that_are_alike_the_nearest_comes_first(app):
    make.service("Far", needs=("loneliness_isolation",), latitude=HALL.latitude + 4 * KM_NORTH)
    make.service("Near", needs=("loneliness_isolation",))

    assert found("lonely") == ["Near", "Far"]


@pytest.mark.parametrize(
    ("words", "first"), [("lonely 85 year old", "For the old"), ("lonely young man", "For the young")]
)
def test_an_age_in_the_words_prefers_listings_for_that_age_and_hides_none(app, words, first):
    make.service("For the old", needs=("loneliness_isolation",), minimum_age=60)
    make.service("For the young", needs=("loneliness_isolation",), minimum_age=16, maximum_age=25)

    names = found(words)

    assert names[0] == first
    assert len(names) == 2


def test_an_age_in_the_words_is_no_word_that_listings_should_have(app):
    make.service("Company", needs=("loneliness_isolation",))

    assert search.find(SearchQuery("lonely 85 year old")).looked_for.unknown == ()


def test_words_that_no_listing_speaks_of_are_told_and_a_loosely_implied_need_does_not_list_everything(town):
    hits = search.find(SearchQuery("epilepsy", near=HALL))

    names = found("epilepsy")
    assert hits.looked_for.unknown == ("epilepsy",)
    assert "Job coach" not in names
    assert "Dancing with Parkinson's" in names


def test_a_service_found_by_the_word_itself_says_so(town):
    hits = search.find(SearchQuery("chess", near=HALL)).hits

    assert hits[0].reasons[0].startswith("Matches: chess")


def test_a_service_in_somebody_s_language_says_so(town):
    hits = search.find(SearchQuery("polish speaking", near=HALL)).hits

    assert [hit.reasons[0] for hit in hits] == ["Matches: Polish"]


def test_a_service_is_found_by_a_word_that_only_the_name_of_its_organisation_has(app):
    make.service("Tuesday evenings", organisation=make.organisation("Harbour Chess Society"))
    make.service("Bridge afternoon", supports=("coffee_social",))

    assert found("chess")[0] == "Tuesday evenings"


def test_a_need_in_everyday_words_still_finds_what_nobody_sorted(town):
    assert "Chess for lonely people" in found("lonely", per_page=50)
