"""Characters that nobody can see: they hide words, turn them around, or make two names out of one."""

import re
import unicodedata

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_INVISIBLE = re.compile(
    "[\x80-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\U000e0000-\U000e0fff]"
)
# Persian and some pictures need these joiners; after plain letters they only hide.
_JOINERS = re.compile("(?<![^\x00-\x7f])[\u200c\u200d]+")


def without_unseen(text: str) -> str:
    """The text with nothing in it that cannot be seen; white space stays. Nothing at all when no character is left."""
    if text.isascii():
        return text
    seen = _JOINERS.sub("", _INVISIBLE.sub("", text))
    return seen if any(unicodedata.category(character)[0] not in "CMZ" for character in seen) else ""
