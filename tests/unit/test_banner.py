"""Reading what was copied from the banner of a clinical system. Every person here is invented."""

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from social_rx.referrals.banner import read_banner

MARGARET = {
    "given_name": "Margaret",
    "family_name": "Ellis",
    "date_of_birth": "1954-03-27",
    "nhs_number": "9990000018",
    "phone": "07700 900982",
}
BANNERS = [
    "ELLIS, Margaret (Mrs)  Born 27-Mar-1954 (72y)  Gender Female  NHS No. 999 000 0018  Mobile 07700 900982",
    "ELLIS, Margaret (Mrs)\tBorn 27-Mar-1954 (72y)\nGender Female\tEMIS No. 4821\nNHS No. 999 000 0018\n"
    "Usual GP OKAFOR, A (Dr)\nHome 01632 960123 Mobile 07700 900982",
    "Mrs Margaret ELLIS  27 Mar 1954 (72 y)  F  NHS: 999 000 0018  Mob: 07700 900982",
    "Mrs Margaret Ellis DOB: 27/03/1954 NHS Number: 999 000 0018 Tel: 07700 900982",
    "Name: Margaret Ellis\nDate of birth: 27 March 1954\nNHS number: 999 000 0018\nTelephone: 07700 900982",
    "Mrs Margaret ELLIS  Usual GP OKAFOR, Ada (Dr)  27.3.1954  9990000018 Mobile Number: 07700 900982",
    "Ellis, Margaret 999 000 0018 1954-03-27 07700 900982",
]


@pytest.mark.parametrize("banner", BANNERS)
def test_the_banner_of_a_clinical_system_fills_the_form(banner):
    found = read_banner(banner)

    assert found | {"nhs_number": found["nhs_number"].replace(" ", "")} == MARGARET


@pytest.mark.parametrize(
    ("banner", "given", "family"),
    [
        ("O'BRIEN, Siobhan Mary (Ms) Born 01-Feb-1980", "Siobhan Mary", "O'Brien"),
        ("SMITH-JONES, Jean-Luc (Mr) Born 01-Feb-1980", "Jean-Luc", "Smith-Jones"),
        ("VAN DER BERG, Anna (Mrs) Born 01-Feb-1980", "Anna", "Van Der Berg"),
        ("Mr Ćamil McDonald DOB 01/02/1980", "Ćamil", "McDonald"),
        ("PATEL, Asha Born 01-Feb-1980", "Asha", "Patel"),
    ],
)
def test_names_of_many_kinds_are_read(banner, given, family):
    found = read_banner(banner)

    assert (found["given_name"], found["family_name"]) == (given, family)


def test_a_number_that_fails_its_check_is_not_taken_for_an_nhs_number():
    assert "nhs_number" not in read_banner("ELLIS, Margaret NHS No. 999 000 0019")


def test_two_different_numbers_are_left_to_the_referrer():
    assert "nhs_number" not in read_banner("999 000 0018 and 999 000 0026")


def test_the_number_with_its_label_wins_over_another():
    assert read_banner("Hospital no. 9990000026 NHS No. 9990000018")["nhs_number"] == "9990000018"


def test_a_mobile_number_is_preferred_to_the_one_at_home():
    found = read_banner("Home: 01632 960123 Mobile: 07700 900982")

    assert found["phone"] == "07700 900982"


@time_machine.travel("2026-11-20")
def test_a_date_to_come_is_no_date_of_birth():
    assert read_banner("Next appointment 01/12/2026. Born 27/03/1954")["date_of_birth"] == "1954-03-27"
    assert "date_of_birth" not in read_banner("Next appointment 01/12/2026")


def test_a_date_that_does_not_exist_is_left_out():
    assert "date_of_birth" not in read_banner("Born 31-Feb-1954")


def test_a_text_that_is_no_banner_fills_nothing():
    assert read_banner("please see attached") == {}


@given(st.text(max_size=300) | st.lists(st.sampled_from([*BANNERS, ",", " ", "NHS", "Mrs", "0", "-"])).map("".join))
def test_whatever_is_pasted_is_survived_and_no_field_is_left_blank(text):
    found = read_banner(text)

    assert found.keys() <= MARGARET.keys()
    assert all(value.strip() == value for value in found.values())
