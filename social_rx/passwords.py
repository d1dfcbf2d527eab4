"""What a password must be like, and how it is kept: as an Argon2id hash, never as itself."""

import unicodedata
from itertools import pairwise

from flask import current_app
from flask_security import hash_password, verify_password

from social_rx.errors import InvalidInput

SHORTEST, LONGEST = 12, 128
FEWEST_CHARACTERS = 5

# The beginnings that lists of stolen passwords are full of; digits and signs at the end make none of them better.
COMMON_WORDS = """
    abcdefghijkl abcdefghijklm abcdefghijklmnopqrstuvwxyz abcabcabcabc abcdabcdabcd abc123abc123 administrator
    administration asdfasdfasdf asdfghjkl asdfghjklasdfghjkl basketball birmingham butterfly changemeplease
    changemenow chelseafootball chocolate coronation communitygroup computer cov coventry coventrycity dragon
    england englandengland football footballfootball generalpractice goodmorning helloworld helloworldhello
    iloveyou iloveyouiloveyou iloveyousomuch incorrect internet jesuschrist letmein letmeinletmein letmeinnow
    linkworker liverpool liverpoolfc manchester manchestercity manchesterunited masterpassword monkeymonkey
    mynameis mypassword newpassword nhs nhsengland nhsnhsnhs nhspassword passphrase password passwordpassword
    passw0rd passw0rdpassw0rd p@ssword p@ssw0rd pa55word pa55w0rd princess qazwsx qazwsxedc qazwsxedcrfv
    q1w2e3r4t5y6 q1w2e3r4t5y6u7i8 qwer1234 qwer1234qwer1234 qwerty qwertyqwerty qwertyuiop qwertyuiopasdf
    qwertyuiopasdfghjkl 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 1qaz2wsx3edc zaq12wsx zaq12wsxcde3 receptionist
    rememberme referrals secret secretpassword socialprescribing socialrx spring summer autumn winter starwars
    sunshine superman surgery temporary temppassword thisismypassword thisispassword tottenhamhotspur trustno
    trustnoone unitedkingdom username vodafone warwickshire welcome welcomehome welcometo whatever zxcvbnm
    zxcvbnmasdfghjkl
"""
COMMON = frozenset(COMMON_WORDS.split())


def hashed(password: str, field: str = "password") -> str:
    """The hash to keep of a new password. Raises InvalidInput, about this field, when it is easily guessed."""
    normal = _normal(password)
    if wrong := _wrong_with(normal):
        raise InvalidInput(wrong, {field: wrong})
    return hash_password(normal)


def is_right(password: str, hash_kept: str | None) -> bool:
    """Whether this is the password. It takes as long when there is none, so that the clock tells nobody."""
    if hash_kept is None:
        hash_password("nobody's password")
        return False
    return verify_password(_normal(password), hash_kept)


def is_outdated(hash_kept: str) -> bool:
    """Whether the hash was made with weaker settings than today's."""
    return current_app.extensions["security"].pwd_context.needs_update(hash_kept)


def _normal(password: str) -> str:
    """The same characters however the keyboard composed them. What cannot be encoded matches nothing."""
    return unicodedata.normalize("NFKC", password).strip().encode("utf-8", "replace").decode()


def _wrong_with(password: str) -> str | None:
    if len(password) < SHORTEST:
        return (
            f"Enter a password with at least {SHORTEST} characters. Three words that mean nothing together work well."
        )
    if len(password) > LONGEST:
        return f"Enter a password with at most {LONGEST} characters."
    if len(set(password)) < FEWEST_CHARACTERS:
        return "Enter a password that does not repeat the same few characters."
    if _is_common(password):
        return "Enter a password that is harder to guess: many people use this one."
    return None


def _is_common(password: str) -> bool:
    plain = password.casefold().replace(" ", "")
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    return steps <= {1, -9} or steps <= {-1, 9} or plain.rstrip("0123456789!?.,-_#@£$%&*+") in COMMON
