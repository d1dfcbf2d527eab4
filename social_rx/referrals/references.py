"""The reference people read out over the phone: short, without look-alike letters, and not to be guessed."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O or U
LOOK_ALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})


def new_reference() -> str:
    """A reference such as `7K4M2-Q9DXH`: ten characters, 50 bits of chance."""
    letters = [secrets.choice(ALPHABET) for _ in range(10)]
    return "".join(letters[:5]) + "-" + "".join(letters[5:])


def as_written(text: str) -> str:
    """The reference somebody typed or read aloud, as we keep it: case, spaces and look-alikes do not matter."""
    letters = text.upper().translate(LOOK_ALIKES)
    return f"{letters[:5]}-{letters[5:10]}"
