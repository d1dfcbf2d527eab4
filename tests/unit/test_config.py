"""Settings: where they come from, and what production refuses."""

import os

import pytest
from flask import Flask

from social_rx import config
from social_rx.errors import UnsafeSettings

SECRET = "kV3-9xqLr_7TzWm2PbYd0HsNc5JfGaEu"
SAFE = {
    "ENV": "production",
    "SECRET_KEY": SECRET,
    "DATABASE_URL": "postgresql+psycopg://social_rx@db/social_rx",
    "BASE_URL": "https://directory.example.org",
    "TRUSTED_HOSTS": ["directory.example.org"],
    "PROXIES": 1,
}


@pytest.fixture(autouse=True)
def no_settings(monkeypatch):
    for name in [name for name in os.environ if name.startswith(config.PREFIX)]:
        monkeypatch.delenv(name)


@pytest.fixture
def load(tmp_path):
    def load_settings(**settings):
        app = Flask("social_rx", instance_path=str(tmp_path / "instance"))
        config.load(app, settings)
        return app.config

    return load_settings


@pytest.fixture
def file(tmp_path):
    """A SQLite database that only its owner can reach."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    path = folder / "social_rx.db"
    path.touch(mode=0o600)
    return path


def test_production_starts_with_safe_settings(load):
    settings = load(**SAFE)

    assert settings["SESSION_COOKIE_NAME"] == "__Host-session"
    assert settings["SESSION_COOKIE_SECURE"]
    assert settings["SESSION_COOKIE_HTTPONLY"]
    assert settings["SESSION_COOKIE_SAMESITE"] == "Lax"


@pytest.mark.parametrize(
    ("unsafe", "said"),
    [
        ({"SECRET_KEY": None}, "SOCIAL_RX_SECRET_KEY"),
        ({"SECRET_KEY": ""}, "SOCIAL_RX_SECRET_KEY"),
        ({"SECRET_KEY": SECRET[:31]}, "SOCIAL_RX_SECRET_KEY"),
        ({"SECRET_KEY": "changeme"}, "SOCIAL_RX_SECRET_KEY"),
        ({"SECRET_KEY": "abcabcabcabcabcabcabcabcabcabcabcabc"}, "SOCIAL_RX_SECRET_KEY"),
        ({"SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz"[:20] * 3}, "SOCIAL_RX_SECRET_KEY"),
        ({"SECRET_KEY": "please-change-me-please-change-me-please"}, "SOCIAL_RX_SECRET_KEY"),
        ({"SECRET_KEY": SECRET[:20] + " " * 20}, "SOCIAL_RX_SECRET_KEY"),
        ({"DEBUG": True}, "debug"),
        ({"TESTING": True}, "testing"),
        ({"BASE_URL": "http://directory.example.org"}, "SOCIAL_RX_BASE_URL"),
        ({"BASE_URL": "http://127.0.0.1:8000"}, "SOCIAL_RX_BASE_URL"),
        ({"TRUSTED_HOSTS": None}, "SOCIAL_RX_TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": []}, "SOCIAL_RX_TRUSTED_HOSTS"),
        ({"TRUSTED_HOSTS": ["other.example.org", "*", "."]}, "SOCIAL_RX_TRUSTED_HOSTS"),
        ({"BASE_URL": "https://"}, "SOCIAL_RX_BASE_URL"),
        ({"PROXIES": 0}, "SOCIAL_RX_PROXIES"),
        ({"OUTBOX": "memory"}, "SOCIAL_RX_OUTBOX"),
        ({"PASSWORD_MEMORY_KB": 8}, "SOCIAL_RX_PASSWORD_MEMORY_KB"),
        ({"DATABASE_URL": None}, "SOCIAL_RX_DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///social_rx.db"}, "SOCIAL_RX_DATABASE_URL"),
    ],
)
def test_production_does_not_start_with_an_unsafe_setting_and_says_which(load, unsafe, said):
    with pytest.raises(UnsafeSettings, match=said):
        load(**SAFE | unsafe)


@pytest.mark.parametrize("env", ["prod", "Production", "production ", "", "live"])
def test_a_name_that_is_no_environment_stops_the_start_and_the_choices_are_said(load, env):
    with pytest.raises(UnsafeSettings, match="SOCIAL_RX_ENV must be one of: development, demo, test, production"):
        load(ENV=env)


@pytest.mark.parametrize(
    "address", ["file:{}?uri=true", "{}?uri=true", "file:{}?mode=rw&uri=1", "{}?mode=memory", ":memory:", ""]
)
def test_sqlite_in_production_is_a_plain_file_that_can_be_looked_at(load, file, address):
    url = "sqlite:///" + address.format(file)

    with pytest.raises(UnsafeSettings, match="plain path"):
        load(**SAFE | {"DATABASE_URL": url, "ALLOW_SQLITE": True})


def test_what_is_written_from_the_start_on_its_owner_alone_can_read(load, tmp_path):
    before = os.umask(0o022)
    try:
        load()
        (tmp_path / "social_rx.db").touch()
    finally:
        os.umask(before)

    assert (tmp_path / "social_rx.db").stat().st_mode & 0o777 == 0o600


def test_white_space_around_a_secret_is_no_part_of_it(load):
    assert load(**SAFE | {"SECRET_KEY": f" {SECRET}\n"})["SECRET_KEY"] == SECRET


def test_everything_that_is_wrong_is_said_at_once(load):
    with pytest.raises(UnsafeSettings) as refusal:
        load(ENV="production")

    for name in ("SECRET_KEY", "BASE_URL", "TRUSTED_HOSTS", "DATABASE_URL"):
        assert f"SOCIAL_RX_{name}" in str(refusal.value)


def test_the_secret_is_never_repeated_in_a_refusal(load):
    with pytest.raises(UnsafeSettings) as refusal:
        load(**SAFE | {"SECRET_KEY": "hunter2hunter2", "BASE_URL": "http://x"})

    assert "hunter2" not in str(refusal.value)


def test_one_machine_may_run_on_sqlite_when_it_says_so(load, file):
    settings = load(**SAFE | {"DATABASE_URL": f"sqlite:///{file}", "ALLOW_SQLITE": True})

    assert settings["SQLALCHEMY_DATABASE_URI"].startswith("sqlite:///")


@pytest.mark.parametrize("mode", [0o604, 0o640, 0o666, 0o660, 0o601])
def test_a_database_file_that_others_can_reach_is_refused(load, file, mode):
    file.chmod(mode)

    with pytest.raises(UnsafeSettings, match=f"chmod 600 {file}"):
        load(**SAFE | {"DATABASE_URL": f"sqlite:///{file}", "ALLOW_SQLITE": True})


def test_a_folder_that_others_can_look_into_is_refused(load, file):
    file.parent.chmod(0o755)

    with pytest.raises(UnsafeSettings, match=f"chmod 700 {file.parent}"):
        load(**SAFE | {"DATABASE_URL": f"sqlite:///{file}", "ALLOW_SQLITE": True})


def test_a_setting_comes_from_its_variable(load, monkeypatch):
    monkeypatch.setenv("SOCIAL_RX_SESSION_IDLE_MINUTES", "15")
    monkeypatch.setenv("SOCIAL_RX_TRUSTED_HOSTS", "a.example.org, b.example.org")
    monkeypatch.setenv("SOCIAL_RX_ALLOW_SQLITE", "yes")

    settings = load()

    assert settings["SESSION_IDLE_MINUTES"] == 15
    assert settings["TRUSTED_HOSTS"] == ["a.example.org", "b.example.org"]
    assert settings["ALLOW_SQLITE"] is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("SESSION_IDLE_MINUTES", "soon"), ("SESSION_IDLE_MINUTES", "0"), ("SESSION_IDLE_MINUTES", "721")],
        *[("SESSION_HOURS", "0"), ("SESSION_HOURS", "25"), ("SESSION_HOURS", "9" * 5000)],
        *[("ALLOW_SQLITE", "perhaps"), ("PROXIES", "1.5"), ("PROXIES", "-1"), ("PROXIES", "6")],
    ],
)
def test_a_setting_that_cannot_be_read_stops_the_start_and_says_what_it_is(load, monkeypatch, name, value):
    monkeypatch.setenv(f"SOCIAL_RX_{name}", value)

    with pytest.raises(UnsafeSettings, match=f"SOCIAL_RX_{name} cannot be read.*It is: "):
        load()


def test_an_empty_variable_is_no_setting(load, monkeypatch):
    monkeypatch.setenv("SOCIAL_RX_PROXIES", "")

    assert load()["PROXIES"] == 0


def test_outside_production_a_secret_is_made_once_and_kept_for_its_owner_alone(load, tmp_path):
    first, second = load()["SECRET_KEY"], load()["SECRET_KEY"]

    kept = tmp_path / "instance" / "secret_key"
    assert first == second == kept.read_text()
    assert len(first) >= config.SHORTEST_SECRET
    assert kept.stat().st_mode & 0o777 == 0o600


def test_production_never_makes_up_a_secret(load, tmp_path):
    with pytest.raises(UnsafeSettings):
        load(**SAFE | {"SECRET_KEY": None})

    assert not (tmp_path / "instance" / "secret_key").exists()


def test_every_setting_says_what_it_is():
    assert all(setting.says and setting.name.isupper() for setting in config.SETTINGS)
