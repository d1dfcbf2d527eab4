"""A geocoder that misbehaves on purpose costs a round no more than its time, and us nothing but the answer.

The server is real and on this machine, because what is tested is what happens on the line.
"""

import contextlib
import gzip
import json
import logging
import re
import socket
import threading
import time

import pytest

from social_rx.directory import geocoding
from social_rx.directory.known_points import postcodes_to_look_up

SHORT, LONG = 0.5, 10.0  # seconds allowed to one who holds the line, and to one who does not
GENEROUS = 5.0  # beyond the time allowed, for a busy machine; what drips would last for minutes
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
GOOD = json.dumps(
    {
        "status": 200,
        "result": [{"query": "CV12AB", "result": {"postcode": "CV1 2AB", "latitude": 52.4081, "longitude": -1.511}}],
    }
).encode()


class Server:
    """Answers every question in one way, and counts them."""

    def __init__(self, behave):
        self.behave = behave
        self.questions = 0
        self.over = threading.Event()
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listening.getsockname()[1]}"
        self.threads = [threading.Thread(target=self.accept)]
        self.threads[0].start()

    def accept(self):
        self.listening.settimeout(0.1)
        while not self.over.is_set():
            with contextlib.suppress(TimeoutError):
                line, _ = self.listening.accept()
                self.questions += 1
                self.threads.append(threading.Thread(target=self.answer, args=(line,)))
                self.threads[-1].start()

    def answer(self, line):
        line.settimeout(5)
        with line, contextlib.suppress(OSError):
            self.listen(line)
            self.behave(self, line)

    def listen(self, line):
        """The whole question: who hangs up on the rest of it takes the answer back as well."""
        said = b""
        while b"\r\n\r\n" not in said and (more := line.recv(65_536)):
            said += more
        head, _, body = said.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        while length and len(body) < int(length[1]) and (more := line.recv(65_536)):
            body += more

    def drip(self, line, data):
        for byte in data:
            if self.over.wait(0.3):
                return
            line.sendall(bytes([byte]))

    def stop(self):
        self.over.set()
        for thread in self.threads:
            thread.join(10)
        self.listening.close()


@pytest.fixture
def served(app, monkeypatch):
    """Starts a server that behaves like this, and points the geocoder at it."""
    servers = []

    def serve(behave, seconds=LONG, scheme="http"):
        servers.append(Server(behave))
        monkeypatch.setitem(app.config, "POSTCODES_IO_URL", servers[-1].address.replace("http", scheme))
        monkeypatch.setitem(app.config, "GEOCODER_SECONDS", seconds)
        return servers[-1]

    yield serve
    for server in servers:
        server.stop()
    app.extensions.pop(geocoding.PAUSED, None)


def send(data):
    return lambda server, line: line.sendall(data)


def whole(body, extra=b""):
    return HEAD + extra + b"Content-Length: %d\r\n\r\n" % len(body) + body


def drip_headers(server, line):
    line.sendall(HEAD)
    server.drip(line, b"X-Slow: " + b"a" * 1000)


def drip_body(server, line):
    line.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
    server.drip(line, b" " * 1000)


def never_answer(server, line):
    server.over.wait(30)


def pour(server, line):
    line.sendall(HEAD + b"\r\n")
    while not server.over.is_set():
        line.sendall(b" " * 65_536)


def pour_headers(server, line):
    line.sendall(HEAD)
    while not server.over.is_set():
        line.sendall(b"X-More: yes\r\n" * 1000)


HANG = {
    "drips its headers": drip_headers,
    "drips its body": drip_body,
    "never answers": never_answer,
}
TOO_MUCH = {
    "never ends": pour,
    "packs a lot into little": send(whole(gzip.compress(b" " * 50_000_000), b"Content-Encoding: gzip\r\n")),
    "sends a little more than it may": send(whole(GOOD + b" " * geocoding.LARGEST_ANSWER)),
}
TRICKS = {
    "promises more than it sends": send(HEAD + b"Transfer-Encoding: chunked\r\n\r\nFFFFFF\r\nab"),
    "hangs up": lambda server, line: None,
    "hangs up half way": send(HEAD + b"Content-Length: 1000\r\n\r\n{"),
    "never ends its headers": pour_headers,
    "packs noise": send(whole(b"noise", b"Content-Encoding: gzip\r\n")),
    "sends a web page": send(whole(b"<!DOCTYPE html><title>Sign in</title>")),
    "nests without end": send(whole(b"[" * 900_000)),
    "speaks no HTTP": send(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "sends half a character": send(whole(b'{"status": 200, "result": "\xff\xfe"}')),
}


def look_up():
    start = time.monotonic()
    done = geocoding.look_up_missing(also=["CV1 2AB"])
    return done, time.monotonic() - start


def askers():
    return [thread for thread in threading.enumerate() if thread.name.startswith("fetch")]


def test_a_server_that_answers_is_understood(served, caplog):
    caplog.set_level(logging.DEBUG)
    server = served(send(whole(GOOD)))

    done, _ = look_up()

    assert (done.found, done.stopped, server.questions) == (1, None, 1)
    assert "127.0.0.1" in caplog.text
    assert "CV12AB" not in caplog.text


def test_what_is_logged_about_a_single_question_names_no_postcode(served, caplog):
    caplog.set_level(logging.DEBUG)
    served(send(whole(b'{"status": 200, "result": [{"query": "CV12AB", "result": null}]}')))

    look_up()

    assert "/postcodes/…" in caplog.text
    assert "CV12AB" not in caplog.text


@pytest.mark.parametrize("how", HANG)
def test_a_geocoder_that_holds_the_line_is_cut_off_when_its_time_is_up(served, how):
    server = served(HANG[how], SHORT)

    done, elapsed = look_up()

    assert SHORT * 0.9 < elapsed < SHORT + GENEROUS
    assert done.stopped == "The postcode service took too long. The rest is looked up next time."
    assert (done.asked, server.questions) == (0, 1)


def test_a_geocoder_that_never_shakes_hands_is_cut_off_too(served):
    server = served(never_answer, SHORT, "https")

    done, elapsed = look_up()

    assert elapsed < SHORT + GENEROUS
    assert (done.stopped is None, server.questions) == (False, 1)


@pytest.mark.parametrize("how", ["drips its headers", "drips its body"])
def test_nobody_is_left_waiting_on_a_line_that_was_cut(served, how):
    served(HANG[how], SHORT)

    look_up()

    deadline = time.monotonic() + GENEROUS
    while askers() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert askers() == []


@pytest.mark.parametrize("how", TRICKS)
def test_a_geocoder_that_plays_tricks_is_given_up_at_once_and_nothing_is_remembered(served, how):
    server = served(TRICKS[how])

    done, elapsed = look_up()

    assert elapsed < LONG
    assert done.stopped.startswith("The postcode service ")
    assert (done.asked, server.questions) == (0, 1)
    assert postcodes_to_look_up(also=["CV1 2AB"]) == ["CV12AB"]


@pytest.mark.parametrize("how", TOO_MUCH)
def test_a_geocoder_that_sends_too_much_is_given_up_before_it_fills_the_memory(served, how):
    served(TOO_MUCH[how])

    done, elapsed = look_up()

    assert elapsed < LONG
    assert done.stopped == "The postcode service sent too much. The rest is looked up next time."


def test_a_geocoder_that_sends_us_elsewhere_is_not_followed(served):
    elsewhere = Server(send(whole(GOOD)))
    redirect = f"HTTP/1.1 307 Temporary Redirect\r\nLocation: {elsewhere.address}/\r\nContent-Length: 0\r\n\r\n"
    server = served(send(redirect.encode()))

    done, _ = look_up()
    elsewhere.stop()

    assert done.stopped == "The postcode service answered 307. The rest is looked up next time."
    assert (server.questions, elsewhere.questions) == (1, 0)


def test_a_machine_that_is_not_there_is_given_up(served):
    server = served(never_answer)
    server.stop()

    done, elapsed = look_up()

    assert elapsed < LONG
    assert done.stopped == "The postcode service did not answer. The rest is looked up next time."


def test_finding_a_place_in_a_request_never_touches_the_line(served):
    server = served(never_answer)

    with pytest.raises(geocoding.PlaceUnknown):
        geocoding.locate("CV1 2AB")

    assert server.questions == 0
