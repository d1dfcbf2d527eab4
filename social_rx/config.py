"""Settings: every one has a default here, and a variable `SOCIAL_RX_<NAME>` in the environment that replaces it.

A production start with settings that would put people's details at risk is refused.
"""

import os
import secrets
import stat
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from flask import Flask
from sqlalchemy import make_url
from werkzeug.sansio.utils import host_is_trusted

from social_rx.errors import UnsafeSettings

PREFIX = "SOCIAL_RX_"
SHORTEST_SECRET = 32
FEWEST_DIFFERENT = 16  # characters of a secret
LEAST_PASSWORD_MEMORY_KB = 19456  # of Argon2id, as OWASP asks
ENVIRONMENTS = ("development", "demo", "test", "production")


def instance_path() -> str:
    """Where this installation keeps its own files: `instance/` beside the package, or SOCIAL_RX_INSTANCE."""
    return os.environ.get("SOCIAL_RX_INSTANCE") or str(Path(__file__).parent.parent / "instance")


def environment(**settings: object) -> dict[str, str]:
    """The environment for a process we start, with these settings unless somebody has set them already."""
    ours = {PREFIX + name: str(value) for name, value in settings.items()}
    return {**ours, **os.environ}


def yes_or_no(text: str) -> bool:
    """Raises ValueError when the text is neither."""
    answers = {"1": True, "true": True, "yes": True, "on": True, "0": False, "false": False, "no": False, "off": False}
    if text.strip().lower() not in answers:
        raise ValueError("say yes or no")
    return answers[text.strip().lower()]


def names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def whole(least: int, most: int) -> Callable[[str], int]:
    """Reads a whole number within these bounds."""

    def parse(text: str) -> int:
        if not text.strip().isdecimal() or not least <= int(text.strip()[:9]) <= most:
            raise ValueError(f"say a whole number from {least} to {most}")
        return int(text)

    return parse


class Setting(NamedTuple):
    name: str
    default: Any
    parse: Callable[[str], Any]
    says: str


SETTINGS = [
    Setting(
        "ENV",
        "development",
        str,
        "or `demo`, `test`, or `production`, which starts only when every safety check allows it",
    ),
    Setting("SECRET_KEY", None, str, "signs what the browser keeps; made by itself outside production"),
    Setting("DATABASE_URL", None, str, "`postgresql+psycopg://…`; without it SQLite in `instance/social_rx.db`"),
    Setting("ALLOW_SQLITE", False, yes_or_no, "let production run on SQLite, on one machine"),
    Setting("BASE_URL", "http://127.0.0.1:8000", str, "where people reach the site: links in messages start with it"),
    Setting("TRUSTED_HOSTS", None, names, "host names that requests may ask for, separated by commas"),
    Setting("PROXIES", 0, whole(0, 5), "how many proxies of ours stand in front and set X-Forwarded-For"),
    Setting("SERVICE_NAME", "Community support directory", str, "the name people see on every page"),
    Setting("ORGANISATION_NAME", "The partnership", str, "who runs it, in the footer"),
    Setting("HELP_PHONE", "01632 960100", str, "the number people phone for help"),
    Setting("HELP_HOURS", "Monday to Friday, 9am to 5pm", str, "when somebody answers it"),
    Setting("SESSION_IDLE_MINUTES", 30, whole(1, 720), "minutes without a click after which people must sign in again"),
    Setting("SESSION_HOURS", 12, whole(1, 24), "hours after which people must sign in again in any case"),
    Setting("SEARCH_INDEX_DIR", None, str, "where the search index is kept; `instance/search` by default"),
    Setting(
        "POSTCODES_IO_URL",
        "https://api.postcodes.io",
        str,
        "asked by jobs about unknown postcodes; empty: never",
    ),
    Setting("GEOCODER_SECONDS", 5.0, float, "the longest that one question to it may take in all"),
    Setting("CONTACT_ATTEMPTS", 3, int, "tries before a case may close as unable to contact"),
    Setting("CASELOAD_CAP", 50, int, "open cases a link worker may hold before a reason is asked for"),
    Setting("REVIEW_WEEKS", 6, int, "weeks until a plan is reviewed"),
    Setting("TRIAGE_DAYS", 2, int, "working days within which a referral should be triaged"),
    Setting("FIRST_CONTACT_DAYS", 10, int, "working days within which the person should have been spoken to"),
    Setting("ORUK_EXTENSIONS", True, yes_or_no, "let the open feed say what the UK profile has no place for: phones"),
    Setting("OUTBOX", "file", str, "`file` writes messages to `instance/outbox/` for a demonstration"),
    Setting(
        "PASSWORD_MEMORY_KB", LEAST_PASSWORD_MEMORY_KB, int, "memory of one Argon2id password hash; fewer only in tests"
    ),
]


def load(app: Flask, overrides: Mapping[str, Any] | None = None) -> None:
    """Fill `app.config` from defaults, environment and overrides, in that order.

    Raises UnsafeSettings when a value cannot be read, or when production would be unsafe. What this process writes from
    now on, its owner alone can read.
    """
    os.umask(0o077)
    for setting in SETTINGS:
        app.config[setting.name] = _from_environment(setting)
    app.config.update(overrides or {})
    if app.config["ENV"] not in ENVIRONMENTS:
        raise UnsafeSettings(f"{PREFIX}ENV must be one of: {', '.join(ENVIRONMENTS)}.")
    instance = Path(app.instance_path)
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    production = app.config["ENV"] == "production"
    if not app.config["SECRET_KEY"] and not production:
        app.config["SECRET_KEY"] = _kept_secret(instance / "secret_key")
    app.config["DATABASE_URL"] = app.config["DATABASE_URL"] or f"sqlite:///{instance / 'social_rx.db'}"
    app.config["SEARCH_INDEX_DIR"] = app.config["SEARCH_INDEX_DIR"] or str(instance / "search")
    app.config["SQLALCHEMY_DATABASE_URI"] = app.config["DATABASE_URL"]
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", {"pool_pre_ping": True, "hide_parameters": True})
    app.config.update(
        MAX_CONTENT_LENGTH=1_000_000,
        MAX_FORM_PARTS=500,
        SESSION_COOKIE_NAME="__Host-session" if production else "session",
        SESSION_COOKIE_SECURE=production,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    if production:
        refuse_unsafe(app)


def _from_environment(setting: Setting) -> Any:
    text = os.environ.get(PREFIX + setting.name)
    if text is None or (text == "" and setting.parse is not str):
        return setting.default
    try:
        return setting.parse(text)
    except ValueError as error:
        raise UnsafeSettings(f"{PREFIX}{setting.name} cannot be read: {error}. It is: {setting.says}.") from error


def _kept_secret(path: Path) -> str:
    """A secret of this machine's own, made once, readable by its owner alone."""
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    return path.read_text()


def refuse_unsafe(app: Flask) -> None:
    """Raise UnsafeSettings, naming everything that is wrong, unless production may start."""
    config, wrong = app.config, []
    config["SECRET_KEY"] = (config["SECRET_KEY"] or "").strip()
    if _is_guessed(config["SECRET_KEY"]):
        wrong.append(f"set SOCIAL_RX_SECRET_KEY to at least {SHORTEST_SECRET} random characters, not all alike")
    if app.debug or config.get("DEBUG"):
        wrong.append("turn debug mode off (FLASK_DEBUG)")
    if config.get("TESTING"):
        wrong.append("turn testing mode off")
    if config["OUTBOX"] == "memory":
        wrong.append("set SOCIAL_RX_OUTBOX to one that keeps messages")
    if config["PASSWORD_MEMORY_KB"] < LEAST_PASSWORD_MEMORY_KB:
        wrong.append(f"set SOCIAL_RX_PASSWORD_MEMORY_KB to {LEAST_PASSWORD_MEMORY_KB} or more")
    wrong += [*_wrong_with_address(config), *_wrong_with_database(config)]
    if wrong:
        raise UnsafeSettings("Production does not start like this:\n- " + "\n- ".join(wrong))


def _is_guessed(secret: str) -> bool:
    """Whether it is short, of few characters, or a shorter one over and over."""
    size = len(secret)
    repeats = any((secret[:part] * size)[:size] == secret for part in range(1, min(SHORTEST_SECRET, size)))
    return size < SHORTEST_SECRET or len(set(secret)) < FEWEST_DIFFERENT or repeats


def _wrong_with_address(config: Mapping[str, Any]) -> list[str]:
    wrong = []
    if not config["BASE_URL"].startswith("https://"):
        wrong.append("set SOCIAL_RX_BASE_URL to an https:// address")
    if not config["TRUSTED_HOSTS"]:
        wrong.append("set SOCIAL_RX_TRUSTED_HOSTS to the host names people use")
    elif not host_is_trusted(config["BASE_URL"].partition("://")[2].split("/")[0], config["TRUSTED_HOSTS"]):
        wrong.append("name the host of SOCIAL_RX_BASE_URL in SOCIAL_RX_TRUSTED_HOSTS")
    if config["PROXIES"] < 1:
        wrong.append("set SOCIAL_RX_PROXIES to how many proxies stand in front: one at least, which speaks HTTPS")
    return wrong


def _wrong_with_database(config: Mapping[str, Any]) -> list[str]:
    url = make_url(config["DATABASE_URL"])
    if url.get_backend_name() != "sqlite":
        return []
    if url.query or (url.database or ":").startswith(("file:", ":")):
        return ["set SOCIAL_RX_DATABASE_URL to the plain path of a file, with nothing after it"]
    if not config["ALLOW_SQLITE"]:
        return ["set SOCIAL_RX_DATABASE_URL to PostgreSQL, or SOCIAL_RX_ALLOW_SQLITE=yes on a single machine"]
    path = Path(url.database or "")
    open_to = stat.S_IRWXG | stat.S_IRWXO
    return [
        f"close {found} to other accounts (chmod {mode} {found})"
        for found, mode in ((path, "600"), (path.parent, "700"))
        if found.exists() and found.stat().st_mode & open_to
    ]
