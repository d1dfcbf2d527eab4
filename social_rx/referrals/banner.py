"""Reading the banner that a clinical system shows above a record, as somebody copied it.

EMIS Web and SystmOne write the same facts in different orders, and copying loses the columns. What cannot be told for
certain is left out, and the referrer types it.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime

import nhs_number

from social_rx import clock

LONGEST = 4000
_NUMBER = r"\d{3}[ -]?\d{3}[ -]?\d{4}"
_LABELLED_NUMBER = re.compile(rf"NHS\W*(?:No|Number|Num|#)?\W*({_NUMBER})(?!\d)", re.IGNORECASE)
_ANY_NUMBER = re.compile(rf"(?<![\d+])({_NUMBER})(?!\d)")
_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DATE = rf"\d{{1,2}}[ -](?:{_MONTHS})[a-z]*[ -]\d{{4}}|\d{{1,2}}[/.-]\d{{1,2}}[/.-]\d{{4}}|\d{{4}}-\d{{2}}-\d{{2}}"
_LABELLED_DATE = re.compile(rf"(?:Born|DOB|D\.O\.B\.?|Date of birth)\W*({_DATE})", re.IGNORECASE)
_ANY_DATE = re.compile(rf"(?<!\d)({_DATE})(?!\d)", re.IGNORECASE)
_PHONE = r"(?:\+44[ -]?(?:\(0\))?[ -]?|0)\d(?:[ -]?\d){8,9}(?!\d)"
_MOBILE = re.compile(rf"(?:Mobile|Mob)\w*\W*({_PHONE})", re.IGNORECASE)
_LABELLED_PHONE = re.compile(rf"(?:Telephone|Tel|Phone|Home|Contact)\w*\W*(?:No\.?\W*)?({_PHONE})", re.IGNORECASE)
_ANY_PHONE = re.compile(rf"(?<![\d+])({_PHONE})")
_TITLES = r"(?:Mrs|Miss|Ms|Mr|Mx|Dr|Prof|Rev|Sir|Lady|Master)"
_PART = r"[^\W\d_][^\W\d_]*(?:['’-][^\W\d_]+)*"
_SURNAME_FIRST = re.compile(rf"({_PART}(?: {_PART}){{0,3}}), *({_PART}(?: {_PART}){{0,3}})")
_TITLE_FIRST = re.compile(rf"\b{_TITLES}\b\.? +({_PART}(?: {_PART}){{0,2}}) +({_PART})")
_LABELLED_NAME = re.compile(rf"\bname\W*({_PART}(?: {_PART}){{0,2}}) +({_PART})", re.IGNORECASE)
_BEFORE_A_NAME = re.compile(rf"^(?:.*\b)?(?:{_TITLES}|Patient|Name)\b\.? *")
_LABEL = re.compile(
    r"\b(?:Born|DOB|D\.O\.B|Date|Gender|Sex|NHS|EMIS|Male|Female|Age|Usual|GP|Mobile|Mob|Home|Tel|Telephone|Phone)\b",
    re.IGNORECASE,
)


def read_banner(text: str) -> dict[str, str]:
    """What the banner says, under the names of the form's fields, as somebody would have typed it."""
    text = " ".join(text[:LONGEST].split())
    number = _nhs_number(text)
    rest = text.replace(number, " ") if number else text
    found = {
        "nhs_number": number,
        "date_of_birth": _born(rest),
        "phone": _phone(rest),
        **_name(rest),
    }
    return {name: value for name, value in found.items() if value}


def _nhs_number(text: str) -> str:
    """The number as it stands there; none when several different ones do."""
    for pattern in (_LABELLED_NUMBER, _ANY_NUMBER):
        valid = [number for number in pattern.findall(text) if nhs_number.is_valid(re.sub(r"\D", "", number))]
        if len({re.sub(r"\D", "", number) for number in valid}) == 1:
            return valid[0]
    return ""


def _born(text: str) -> str:
    for pattern in (_LABELLED_DATE, _ANY_DATE):
        for written in pattern.findall(text):
            day = _read_date(written)
            if day and day <= clock.today():
                return day.isoformat()
    return ""


def _read_date(written: str) -> date | None:
    parts = re.split(r"[ /.-]+", written)
    for shape in _shapes(parts):
        try:
            return datetime.strptime("-".join(parts), shape).replace(tzinfo=clock.LONDON).date()
        except ValueError:
            continue
    return None


def _shapes(parts: list[str]) -> Iterator[str]:
    if len(parts[0]) == 4:
        yield "%Y-%m-%d"
    elif parts[1].isdigit():
        yield "%d-%m-%Y"
    else:
        yield from ("%d-%b-%Y", "%d-%B-%Y")


def _phone(text: str) -> str:
    """The mobile number if there is one, or else the first."""
    for pattern in (_MOBILE, _LABELLED_PHONE, _ANY_PHONE):
        if match := pattern.search(text):
            return " ".join(match.group(1).split())
    return ""


def _name(text: str) -> dict[str, str]:
    """`ELLIS, Margaret (Mrs)`, `Mrs Margaret ELLIS` or `Name: Margaret Ellis`, whichever stands first."""
    text = _LABEL.sub("|", text)  # where a label stands, a name ends
    found = [(pattern, pattern.search(text)) for pattern in (_SURNAME_FIRST, _TITLE_FIRST, _LABELLED_NAME)]
    first = min(((match.start(1), n, match) for n, (_, match) in enumerate(found) if match), default=None)
    if first is None:
        return {}
    given, family = first[2].groups() if first[1] else reversed(first[2].groups())
    return {"given_name": _written(given), "family_name": _written(_BEFORE_A_NAME.sub("", family))}


def _written(name: str) -> str:
    """ELLIS as Ellis; a name in mixed case is left as it is."""
    name = name.strip()
    return name.title() if name.isupper() else name
