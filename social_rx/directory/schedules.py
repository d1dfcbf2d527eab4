"""When a service runs, in the words people use: "First and third Thursday, 2pm to 4pm"."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, time

from social_rx import clock
from social_rx.directory.models import Schedule, ScheduleException, Service
from social_rx.directory.occurrences import Occurrence, next_occurrences, times_of
from social_rx.directory.recurrence import has_ended, last_day

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
MOST_SINGLE_DATES = 6
_BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")


def in_words(schedule: Schedule) -> str:
    """One schedule: which days, at what time, from or until which date, and what the group says about it."""
    said = [_which_days(schedule), _times(schedule.opens_at, schedule.closes_at), *_season(schedule)]
    text = ", ".join(part for part in said if part)
    holidays = ["Not on bank holidays"] if schedule.closed_on_bank_holidays else []
    return ". ".join(part for part in [text, *holidays, schedule.note or ""] if part)


def all_in_words(schedules: Iterable[Schedule]) -> list[str]:
    """Each schedule that has not ended, in words, each once."""
    return list(dict.fromkeys(in_words(one) for one in schedules if not has_ended(one)))


def in_short(schedules: Iterable[Schedule]) -> str:
    """The same in one line for a result card; empty when nobody has said when."""
    said = all_in_words(schedules)
    more = ["and other times"] if len(said) > MOST_ON_A_CARD else []
    return "; ".join([*said[:MOST_ON_A_CARD], *more])


def next_in_words(service: Service) -> str:
    """The next session, "Next: Tuesday 24 November, 12pm"; empty when there is none that we know of."""
    found = next_occurrences(service, clock.now(), 1)
    return f"Next: {moment_in_words(found[0])}" if found else ""


def moment_in_words(occurrence: Occurrence) -> str:
    starts = occurrence.starts.astimezone(clock.LONDON)
    year = "" if starts.year == clock.today().year else f" {starts.year}"
    return f"{starts:%A} {starts.day} {starts:%B}{year}" + (f", {_clock(starts.time())}" if occurrence.timed else "")


def single_dates(service: Service) -> list[str]:
    """The closures and extra dates to come, in words, soonest first."""
    coming = [one for one in service.schedule_exceptions if one.on >= clock.today()]
    said = [_single_date(service, one) for one in sorted(coming, key=lambda one: (one.on, not one.closed))]
    more = ["Other dates change too"] if len(said) > MOST_SINGLE_DATES else []
    return [*said[:MOST_SINGLE_DATES], *more]


def _single_date(service: Service, one: ScheduleException) -> str:
    day = f"{one.on:%A} {_day(one.on)}"
    times = _times(*times_of(service, one))
    if not one.closed:
        text = f"Also on {day}" + (f", {times}" if times else "")
    elif one.schedule_id is None:
        text = f"Closed on {day}"
    else:
        [usual, *_] = [*(_times(s.opens_at, s.closes_at) for s in service.schedules if s.id == one.schedule_id), ""]
        text = f"Not on {day}" + (f", {usual}" if usual else "")
    return f"{text}. {one.note}" if one.note else text


def _which_days(schedule: Schedule) -> str:
    freq, interval = schedule.freq.upper(), max(schedule.interval, 1)
    named = [(int(number or 0), day) for number, day in _BYDAY.findall((schedule.byday or "").upper())]
    if any(number for number, _ in named):
        of_the_year = " of the year" if freq == "YEARLY" else ""
        return _with_interval(_numbered(named) + of_the_year, freq, interval)
    if named:
        only = f" that fall on {_listed(dates, 'or')} of the month" if (dates := _said_dates(schedule)) else ""
        return _on_weekdays({day for _, day in named}, freq, interval, only)
    if freq == "WEEKLY" and schedule.dtstart:
        return _on_weekdays({WEEK[schedule.dtstart.weekday()]}, freq, interval)
    if dates := _said_dates(schedule) or (
        _dates([schedule.dtstart.day]) if freq == "MONTHLY" and schedule.dtstart else []
    ):
        return _with_interval(f"On {_listed(dates)} of the month", freq, interval)
    if freq == "YEARLY" and schedule.dtstart:
        return _with_interval(f"Every year on {schedule.dtstart.day} {schedule.dtstart:%B}", freq, interval)
    return ONCE.get(freq, "") if interval == 1 else _every(interval, UNITS.get(freq, "time"))


def _numbered(named: Sequence[tuple[int, str]]) -> str:
    """First and third Thursday; first Monday and last Friday."""
    by_day: dict[str, list[str]] = {}
    for number, day in named:
        by_day.setdefault(day, []).append(ORDINALS.get(number, _th(abs(number))) if number else "Every")
    said = [f"{_listed([word.lower() for word in words])} {DAYS[day]}" for day, words in by_day.items()]
    return _capital(_listed(said))


def _on_weekdays(days: set[str], freq: str, interval: int, only: str = "") -> str:
    in_order = [day for day in WEEK if day in days]
    if freq == "WEEKLY" and interval == 2:
        return f"Every second {_listed([DAYS[day] for day in in_order])}"
    return _with_interval(_each_week(in_order) + only, freq, interval)


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


def _said_dates(schedule: Schedule) -> list[str]:
    """The dates in the month that it is bound to; a rule by the week has none."""
    if schedule.freq.upper() == "WEEKLY":
        return []
    return _dates([int(number) for number in re.findall(r"-?\d{1,2}", schedule.bymonthday or "")])


def _dates(numbers: Iterable[int]) -> list[str]:
    return ["the last day" if number == -1 else f"the {_th(number)}" for number in numbers]


def _times(opens: time | None, closes: time | None) -> str:
    if opens and closes:
        return "all day" if (opens, closes) == WHOLE_DAY else f"{_clock(opens)} to {_clock(closes)}"
    if opens:
        return f"from {_clock(opens)}"
    return f"until {_clock(closes)}" if closes else ""


def times_in_words(opens: time | None, closes: time | None) -> str:
    """From 2pm to 4pm, from 2pm, until 4pm; empty for neither."""
    said = _times(opens, closes)
    return _capital(f"from {said}" if opens and closes else said)


def _clock(at: time) -> str:
    """9am, 12:30pm; midnight, or the minute before, is said so, because 12am is read in two ways."""
    if at in WHOLE_DAY:
        return "midnight"
    return f"{at.hour % 12 or 12}{f':{at.minute:02}' if at.minute else ''}{'am' if at.hour < 12 else 'pm'}"


def _season(schedule: Schedule) -> list[str]:
    begins = max(filter(None, (schedule.valid_from, schedule.dtstart)), default=None)
    starts = [f"from {_day(begins)}"] if begins and begins > clock.today() else []
    ends = last_day(schedule)
    return starts + ([f"until {_day(ends)}"] if ends else [])


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _th(number: int) -> str:
    ending = "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _listed(words: Sequence[str], joined: str = "and") -> str:
    """a, b and c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {joined} {words[-1]}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
