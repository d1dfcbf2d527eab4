"""Small named changes to a piece of text, for the mapping files of imports: `change = ["html_unescape"]`."""

import html
import re
from collections.abc import Callable

YES = {"yes", "y", "true", "t", "1", "x", "on", "free"}
NO = {"no", "n", "false", "f", "0", "off", "none", "-"}
SHORT = 80
LITTLE_WORDS = {"an", "and", "at", "by", "de", "for", "from", "in", "of", "on", "or", "the", "to", "with"}
INITIALS = {"UK", "USA", "YMCA", "YWCA", "PTA", "PCC", "CIC", "CIO", "ESOL", "PHAB", "RAF", "NHS", "LGBT", "CAB"}
NOT_INITIALS = {
    "ST",
    "DR",
    "MR",
    "MRS",
    "MS",
    "LTD",
    "BY",
    "MY",
    "WHY",
    "SKY",
    "FLY",
    "DRY",
    "TRY",
    "SHY",
    "GYM",
    "RHYL",
}
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_RANGE = re.compile(r"\b(\d{1,2})\s?(?:-|–|to)\s?(\d{1,2})\b")
_OVER = re.compile(r"\b(?:over|aged|from)(?: the age of)? (\d{1,2})\b", re.IGNORECASE)
_UNDER = re.compile(r"\bunder(?: the age of)? (\d{1,2})\b", re.IGNORECASE)


def title_case(text: str) -> str:
    """HARROW AND PINNER PTA -> Harrow and Pinner PTA. Text that is not all in capitals is left as it is."""
    if text != text.upper():
        return text
    return _WORD.sub(lambda word: _titled(word.group(), first=word.start() == 0), text)


def _titled(word: str, *, first: bool) -> str:
    if not word.isalpha() and "'" not in word and "’" not in word:
        return word.lower()  # 5TH
    initials = len(word) <= 5 and not re.search("[AEIOUY]", word) and word not in NOT_INITIALS
    if (initials and len(word) > 1) or word in INITIALS:
        return word
    lower = word.lower()
    return lower if lower in LITTLE_WORDS and not first else lower[:1].upper() + lower[1:]


def sentence_case(text: str) -> str:
    """ADVICE FOR ALL. FREE. -> Advice for all. Free. Text that is not all in capitals is left as it is."""
    if text != text.upper():
        return text
    return re.sub(r"(?:^|[.!?]\s+)\W*\w", lambda start: start.group().upper(), text.lower())


def shorten(text: str) -> str:
    """The first sentence, or as many whole words as fit into a heading."""
    first = re.split(r"(?<=[.!?])\s|\n", text.strip(), maxsplit=1)[0]
    if len(first) <= SHORT:
        return first.rstrip(" .")
    return first[:SHORT].rsplit(" ", 1)[0].rstrip(" ,;:.-") + "…"


def yes_no(text: str) -> str:
    """`yes`, `no`, or the text itself when it says neither."""
    word = text.strip().casefold()
    return "yes" if word in YES else "no" if word in NO else text


def lowest_age(text: str) -> str:
    """The age from which a text such as `over 16` or `aged 18-30` says that people may come."""
    found = _RANGE.search(text) or _OVER.search(text)
    return found.group(1) if found else ""


def highest_age(text: str) -> str:
    """The age up to which a text such as `under 25` or `16-25` says that people may come."""
    if found := _RANGE.search(text):
        return found.group(2)
    found = _UNDER.search(text)
    return str(int(found.group(1)) - 1) if found else ""


CHANGES: dict[str, Callable[[str], str]] = {
    "strip": str.strip,
    "lower_case": str.lower,
    "upper_case": str.upper,
    "title_case": title_case,
    "sentence_case": sentence_case,
    "html_unescape": html.unescape,
    "shorten": shorten,
    "yes_no": yes_no,
    "lowest_age": lowest_age,
    "highest_age": highest_age,
}
