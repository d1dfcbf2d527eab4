"""The outbox: no message is lost, none is sent before what it tells of is certain."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from social_rx import clock, create_app
from social_rx.db import db, transactional
from social_rx.errors import UnsafeSettings
from social_rx.messages import outbox
from social_rx.messages.models import OutboxMessage
from tests import conftest


@pytest.fixture
def sent(app):
    return app.extensions["outbox"]


@pytest.fixture
def broken(app, monkeypatch):
    """A way of sending that fails until `broken.clear()`."""
    faults = ["the mail server said no to priya@example.org"]

    def send(message):
        if faults:
            raise ConnectionRefusedError(faults[0])
        app.extensions["outbox"].append(message)

    monkeypatch.setitem(outbox.SENDERS, "memory", send)
    return faults


def waiting():
    return list(db.session.scalars(select(OutboxMessage).where(OutboxMessage.sent_at.is_(None))))


def test_a_message_goes_out_once_when_what_it_tells_of_is_certain(sent):
    outbox.queue_email("priya@example.org", "You have a new item", "Sign in to see it.")

    outbox.deliver_waiting()

    [message] = sent
    assert (message.to, message.subject, message.body) == (
        "priya@example.org",
        "You have a new item",
        "Sign in to see it.",
    )
    assert waiting() == []


def test_a_message_about_something_that_did_not_happen_is_never_sent(sent):
    @transactional
    def fail():
        outbox.queue_email("priya@example.org", "You have a new item", "Sign in to see it.")
        raise ValueError

    with pytest.raises(ValueError):
        fail()

    assert (outbox.deliver_waiting(), sent, waiting()) == (0, [], [])


def test_a_message_that_could_not_be_sent_stays_and_goes_out_later(sent, broken):
    with time_machine.travel(clock.now(), tick=False) as clocks:
        outbox.queue_email("priya@example.org", "You have a new item", "Sign in to see it.")
        after_failure = [(message.attempts, message.error) for message in waiting()]
        broken.clear()
        too_soon = outbox.deliver_waiting()
        clocks.shift(outbox.FIRST_WAIT)
        later = outbox.deliver_waiting()

    assert after_failure == [(1, "ConnectionRefusedError")]
    assert (too_soon, later, len(sent)) == (0, 1, 1)


def test_a_message_is_never_given_up_but_the_waits_grow(broken):
    outbox.queue_email("priya@example.org", "You have a new item", "Sign in to see it.")
    waits = []
    with time_machine.travel(clock.now(), tick=False) as clocks:
        for _ in range(15):
            [message] = waiting()
            clocks.move_to(message.try_at)
            outbox.deliver_waiting()
            waits.append(message.try_at - clock.now())

    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (2 * outbox.FIRST_WAIT, outbox.LONGEST_WAIT)
    assert len(waiting()) == 1


def test_one_message_that_cannot_be_sent_holds_up_no_other(sent, monkeypatch):
    def send(message):
        if message.to == "bad@example.org":
            raise UnicodeError
        sent.append(message)

    monkeypatch.setitem(outbox.SENDERS, "memory", send)

    for to in ("bad@example.org", "good@example.org"):
        outbox.queue_email(to, "You have a new item", "Sign in to see it.")

    assert [message.to for message in sent] == ["good@example.org"]


@pytest.mark.parametrize(
    ("to", "subject"),
    [("a@example.org\nBcc: b@example.org", "Hello"), ("a@example.org", "Hello\r\nBcc: b@example.org"), ("a@b", "Hi\r")],
)
def test_an_address_or_a_subject_of_two_lines_never_gets_into_a_message(to, subject, sent):
    with pytest.raises(ValueError):
        outbox.queue_email(to, subject, "Sign in to see it.")

    assert (sent, waiting()) == ([], [])


def test_a_failure_says_nothing_of_whom_the_message_was_for(broken, caplog):
    outbox.queue_email("priya@example.org", "You have a new item", "Sign in to see it.")

    assert "ConnectionRefusedError" in caplog.text
    assert "priya" not in caplog.text


@pytest.fixture
def demonstration(tmp_path, monkeypatch):
    """An application that writes its messages to files."""
    monkeypatch.setenv("SOCIAL_RX_INSTANCE", str(tmp_path))
    settings = {"ENV": "demo", "OUTBOX": "file"}
    app = create_app(conftest.settings_for_tests(f"sqlite:///{tmp_path / 'test.db'}", tmp_path) | settings)
    with app.app_context():
        db.create_all()
    yield app
    with app.app_context():
        db.engine.dispose()


def test_a_demonstration_writes_each_message_to_a_file_for_its_owner_alone(demonstration, tmp_path):
    with demonstration.app_context():
        outbox.queue_email("priya@example.org", "You have a new item", "Sign in – to see it.")

    [file] = (tmp_path / "outbox").iterdir()
    assert file.read_text(encoding="utf-8") == (
        "To: priya@example.org\nSubject: You have a new item\n\nSign in – to see it."
    )
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_demonstration_shows_its_messages_newest_first_and_in_pages(demonstration):
    with demonstration.app_context(), time_machine.travel(clock.now(), tick=False) as clocks:
        for number in range(21):
            clocks.shift(timedelta(minutes=1))
            outbox.queue_email("priya@example.org", f"Subject {number:02}", "<b> https://example.org/a?b=c </b>")

    client = demonstration.test_client()
    first, second = client.get("/dev/outbox").text, client.get("/dev/outbox?page=2").text
    beyond = client.get("/dev/outbox?page=99999999999999999999")
    assert first.index("Subject 20") < first.index("Subject 19")
    assert "Subject 00" not in first
    assert "Subject 00" in second
    assert beyond.status_code == 200
    assert 'href="https://example.org/a?b=c"' in first
    assert "<b>" not in first


@pytest.mark.parametrize(
    "settings",
    [{"ENV": "demo", "OUTBOX": "memory"}, {"ENV": "development"}, {"ENV": "test"}, {"ENV": "production"}],
)
def test_nobody_sees_the_outbox_of_a_real_service(settings, tmp_path, monkeypatch):
    monkeypatch.setenv("SOCIAL_RX_INSTANCE", str(tmp_path))
    safe = {
        "TESTING": False,
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
        "BASE_URL": "https://directory.example.org",
        "TRUSTED_HOSTS": ["localhost", "directory.example.org"],
        "PROXIES": 1,
        "PASSWORD_MEMORY_KB": 19456,
        "OUTBOX": "file",
    }
    url = "postgresql+psycopg://nobody@127.0.0.1:1/none"

    app = create_app(conftest.settings_for_tests(url, tmp_path) | safe | settings)

    assert app.test_client().get("/dev/outbox").status_code == 404


def test_a_way_of_sending_that_does_not_exist_stops_the_start(tmp_path):
    with pytest.raises(UnsafeSettings, match="SOCIAL_RX_OUTBOX"):
        create_app(conftest.settings_for_tests("sqlite://", tmp_path) | {"OUTBOX": "pigeon"})
