"""Reading a UK postcode as people type it: `cv1 2ab` is CV1 2AB, in the district CV1.

Postcodes of no place are read too: the NHS writes ZZ99 3VZ for a person of no fixed abode.
"""

import re
from typing import NamedTuple

from social_rx.errors import InvalidInput

PSEUDO = "ZZ99"
_AREA = "(?:[A-PR-UWYZ][A-HK-Y]?)"
_DISTRICT = "(?:[0-9][0-9]?|[0-9][ABCDEFGHJKMNPRSTUVWXY])"
OUTCODE = re.compile(f"{_AREA}{_DISTRICT}|GIR|{PSEUDO}")
KEY = re.compile(f"{_AREA}{_DISTRICT}[0-9][ABD-HJLNP-UW-Z]{{2}}|GIR0AA|{PSEUDO}[0-9][A-Z]{{2}}")

LATITUDES, LONGITUDES = (49.0, 61.5), (-9.0, 2.5)  # between Jersey, Shetland, Fermanagh and Lowestoft
ENTER_ONE = "Enter a full postcode, like CV1 2AB."


class UnitPostcode(NamedTuple):
    """A whole postcode. `key` is how the tables keep it, `text` how people write it."""

    outcode: str
    incode: str

    @property
    def key(self) -> str:
        return self.outcode + self.incode

    @property
    def text(self) -> str:
        return f"{self.outcode} {self.incode}"

    @property
    def is_pseudo(self) -> bool:
        """Whether it stands for no place at all."""
        return self.outcode == PSEUDO


def squeezed(text: str) -> str:
    """The letters and digits as the tables keep them: capitals without any space."""
    return "".join(text.split()).upper()


def parse(text: str) -> UnitPostcode:
    """Raises InvalidInput, with what to enter instead, when this is not a whole postcode."""
    key = squeezed(text)
    if not key:
        raise InvalidInput(ENTER_ONE)
    if KEY.fullmatch(key):
        return UnitPostcode(key[:-3], key[-3:])
    if OUTCODE.fullmatch(key):
        raise InvalidInput(f"{key} is the first part of a postcode. {ENTER_ONE}")
    raise InvalidInput(f"This is not a postcode. {ENTER_ONE}")


def parse_outcode(text: str) -> str:
    """The postcode district (CV1) when the text is that and no more. Raises InvalidInput otherwise."""
    outcode = squeezed(text)
    if not OUTCODE.fullmatch(outcode):
        raise InvalidInput("Enter the first part of a postcode, like CV1.")
    return outcode


def key_of(text: str | None) -> str | None:
    """The key of a whole postcode, or None where there is none to read."""
    key = squeezed(text or "")
    return key if KEY.fullmatch(key) else None


def in_these_islands(latitude: float, longitude: float) -> bool:
    """Whether a UK postcode can be there at all."""
    return LATITUDES[0] <= latitude <= LATITUDES[1] and LONGITUDES[0] <= longitude <= LONGITUDES[1]
