"""The social-rx command: what it tells whoever runs the service."""

import os

import pytest
import responses
from click.testing import CliRunner

from social_rx import cli, config


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs the command in an installation of its own, with an empty database that is up to date."""
    for name in [name for name in os.environ if name.startswith(config.PREFIX)]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SOCIAL_RX_INSTANCE", str(tmp_path / "instance"))

    def invoke(*command):
        return CliRunner().invoke(cli.main, command)

    assert invoke("migrate").exit_code == 0
    return invoke


def test_the_check_says_plainly_that_nothing_is_mailed(run):
    answer = run("check")

    assert answer.exit_code == 0
    assert "Nothing is mailed" in answer.output


def test_the_database_that_it_makes_its_owner_alone_can_read(run, tmp_path):
    assert (tmp_path / "instance" / "social_rx.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(("name", "kind"), [("demo", "demo"), ("serve", None)])
def test_only_the_demonstration_is_served_as_one(run, monkeypatch, name, kind):
    served = []
    monkeypatch.setattr(os, "execve", lambda program, command, environment: served.append(environment))
    monkeypatch.setattr(cli.demonstration, "is_loaded", lambda: True)
    monkeypatch.setattr(cli.demonstration, "sign_ins", list)

    answer = run(name)

    assert answer.exit_code == 0
    assert [environment.get("SOCIAL_RX_ENV") for environment in served] == [kind]


@responses.activate
def test_an_import_asks_outside_about_postcodes_only_when_told_to(run, tmp_path):
    columns = "title,charity_number,activities,postcode,website,date_registered,date_removed"
    columns += ",charity_classification_codes,income,spending"
    sheet = tmp_path / "charities.csv"
    sheet.write_text(f"{columns}\nCHOIR FRIENDS,1,WE SING TOGETHER EVERY WEEK,HA1 1BA,,2009-05-27,,,,\n")
    point = {"postcode": "HA1 1BA", "latitude": 51.58, "longitude": -0.33}
    answer = {"status": 200, "result": [{"query": "HA11BA", "result": point}]}
    asked = responses.post("https://api.postcodes.io/postcodes", json=answer)

    quiet = run("import", str(sheet), "--mapping", "harrow_charities")
    asked_before = asked.call_count
    told = run("import", str(sheet), "--mapping", "harrow_charities", "--look-up")

    assert (quiet.exit_code, told.exit_code) == (0, 0), told.output
    assert (asked_before, asked.call_count) == (0, 1)
    assert "1 found" in told.output
