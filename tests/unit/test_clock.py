"""Working days, against England's published bank holidays (gov.uk/bank-holidays)."""

from datetime import date

import pytest

from social_rx import clock

PUBLISHED = {
    2021: ["01-01", "04-02", "04-05", "05-03", "05-31", "08-30", "12-27", "12-28"],
    2022: ["01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29", "09-19", "12-26", "12-27"],
    2023: ["01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"],
    2024: ["01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"],
    2026: ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"],
    2027: ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"],
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_bank_holidays_are_those_the_government_publishes(year):
    published = {date.fromisoformat(f"{year}-{day}") for day in PUBLISHED[year]}

    assert clock.bank_holidays(year) == published


def test_working_days_skip_weekends_and_christmas():
    christmas_eve = date(2026, 12, 24)

    assert clock.add_working_days(christmas_eve, 1) == date(2026, 12, 29)
    assert clock.working_days_between(christmas_eve, date(2026, 12, 29)) == 1
    assert clock.add_working_days(date(2026, 11, 20), 2) == date(2026, 11, 24)
