"""When a service runs, in the words people use: "First and third Thursday, 2pm to 4pm"."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, time

from social_rx import clock
from social_rx.directory.models import Schedule

DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
WEEK = list(DAYS)
ORDINALS = {1: "First", 2: "Second", 3: "Third", 4: "Fourth", 5: "Fifth", -1: "Last", -2: "Last but one"}
ONCE = {"DAILY": "Every day", "WEEKLY": "Every week", "MONTHLY": "Every month", "YEARLY": "Every year"}
UNITS = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
WHOLE_DAY = (time(0, 0), time(23, 59))
MOST_ON_A_CARD = 2
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")


def in_words(schedule: Schedule) -> str:
    """One schedule: which days, at what time, from or until which date, and what the group says about it."""
    said = [_which_days(schedule), _times(schedule.opens_at, schedule.closes_at), *_season(schedule)]
    text = ", ".join(part for part in said if part)
    return f"{text}. {schedule.note}" if schedule.note else text


def all_in_words(schedules: Iterable[Schedule]) -> list[str]:
    """Each schedule that has not ended, in words, each once."""
    today = clock.today()
    running = (one for one in schedules if not one.valid_to or one.valid_to >= today)
    return list(dict.fromkeys(in_words(one) for one in running))


def in_short(schedules: Iterable[Schedule]) -> str:
    """The same in one line for a result card; empty when nobody has said when."""
    said = all_in_words(schedules)
    more = ["and other times"] if len(said) > MOST_ON_A_CARD else []
    return "; ".join([*said[:MOST_ON_A_CARD], *more])


def _which_days(schedule: Schedule) -> str:
    freq, interval = schedule.freq.upper(), max(schedule.interval, 1)
    named = [(int(number or 0), day) for number, day in _BYDAY.findall((schedule.byday or "").upper())]
    if any(number for number, _ in named):
        return _with_interval(_numbered(named), freq, interval)
    if named:
        return _on_weekdays({day for _, day in named}, freq, interval)
    if freq == "WEEKLY" and schedule.dtstart:
        return _on_weekdays({WEEK[schedule.dtstart.weekday()]}, freq, interval)
    if freq == "MONTHLY" and (dates := _dates(schedule)):
        return _with_interval(f"On {_listed(dates)} of the month", freq, interval)
    return ONCE.get(freq, "") if interval == 1 else _every(interval, UNITS.get(freq, "time"))


def _numbered(named: Sequence[tuple[int, str]]) -> str:
    """First and third Thursday; first Monday and last Friday."""
    by_day: dict[str, list[str]] = {}
    for number, day in named:
        by_day.setdefault(day, []).append(ORDINALS.get(number, _th(abs(number))) if number else "Every")
    said = [f"{_listed([word.lower() for word in words])} {DAYS[day]}" for day, words in by_day.items()]
    return _capital(_listed(said))


def _on_weekdays(days: set[str], freq: str, interval: int) -> str:
    in_order = [day for day in WEEK if day in days]
    if freq == "WEEKLY" and interval == 2:
        return f"Every second {_listed([DAYS[day] for day in in_order])}"
    return _with_interval(_each_week(in_order), freq, interval)


def _each_week(days: list[str]) -> str:
    if len(days) == 7:
        return "Every day"
    first, last = WEEK.index(days[0]), WEEK.index(days[-1])
    if len(days) > 2 and last - first == len(days) - 1:
        return f"{DAYS[days[0]]} to {DAYS[days[-1]]}"
    return _listed([f"{DAYS[day]}s" for day in days])


def _with_interval(text: str, freq: str, interval: int) -> str:
    return text if interval == 1 else f"{text}, {_every(interval, UNITS.get(freq, 'time')).lower()}"


def _every(interval: int, unit: str) -> str:
    return f"Every second {unit}" if interval == 2 else f"Every {interval} {unit}s"


def _dates(schedule: Schedule) -> list[str]:
    """The dates in the month, from what was said or else from the day it began."""
    said = [int(number) for number in re.findall(r"-?\d{1,2}", schedule.bymonthday or "")]
    if not said and schedule.dtstart:
        said = [schedule.dtstart.day]
    return ["the last day" if number == -1 else f"the {_th(number)}" for number in said]


def _times(opens: time | None, closes: time | None) -> str:
    if opens and closes:
        return "all day" if (opens, closes) == WHOLE_DAY else f"{_clock(opens)} to {_clock(closes)}"
    if opens:
        return f"from {_clock(opens)}"
    return f"until {_clock(closes)}" if closes else ""


def _clock(at: time) -> str:
    """9am, 12:30pm; midnight, or the minute before, is said so, because 12am is read in two ways."""
    if at in WHOLE_DAY:
        return "midnight"
    return f"{at.hour % 12 or 12}{f':{at.minute:02}' if at.minute else ''}{'am' if at.hour < 12 else 'pm'}"


def _season(schedule: Schedule) -> list[str]:
    today = clock.today()
    starts = [f"from {_day(schedule.valid_from)}"] if schedule.valid_from and schedule.valid_from > today else []
    return starts + ([f"until {_day(schedule.valid_to)}"] if schedule.valid_to else [])


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _th(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _listed(words: Sequence[str]) -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
