"""Phone numbers, e-mail addresses and websites as other people wrote them, made usable.

Each function returns nothing where the text holds nothing usable; none of them guesses.
"""

import re
from urllib.parse import urlsplit

from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher, format_number

LONGEST = 1000
_EMAIL = re.compile(
    r"(?<![\w@.])[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![\w@])"
)
_SHORT_NUMBER = re.compile(r"(?:\d ?){3,6}")  # 111, 116 123
_HOST = re.compile(r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,24}")


def phones_in(text: str) -> list[str]:
    """Every number to phone in a text, e.g. `01323 446042 (see also below)`, in the order they stand there."""
    text = " ".join(text[:LONGEST].split())
    if _SHORT_NUMBER.fullmatch(text):
        return [text]
    matches = PhoneNumberMatcher(text, "GB", leniency=Leniency.POSSIBLE)
    found = [format_number(match.number, _way_to_write(match.number.country_code)) for match in matches]
    return list(dict.fromkeys(found))


def _way_to_write(country_code: int | None) -> int:
    return PhoneNumberFormat.NATIONAL if country_code == 44 else PhoneNumberFormat.INTERNATIONAL


def email_in(text: str) -> str | None:
    """The one e-mail address in a text, e.g. `Hayle Library <hayle.library@example.org>`."""
    found = {address.casefold(): address for address in _EMAIL.findall(text[:LONGEST])}
    [address] = found.values() if len(found) == 1 else [""]
    return address if 0 < len(address) <= 254 and ".." not in address else None


def website_from(text: str) -> str | None:
    """The address of a website; `www.example.org` gains the `http://` it was written without."""
    text = text.strip()
    url = text if "://" in text else f"http://{text}"
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and _HOST.fullmatch(parts.hostname or "") and parts.port != 0
    except ValueError:
        return None
    whole = len(url) <= 2000 and not re.search(r"""[\s<>"\\]""", url) and "@" not in parts.netloc
    return url if usable and whole else None
