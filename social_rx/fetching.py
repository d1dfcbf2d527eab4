"""Asking a machine outside the house: one answer, within a time and a size, from the machine that was named.

A timeout for each read bounds nothing: who sends a byte now and then holds the line for as long as it likes. So the
question is asked on a thread of its own, and when the time is up its connection is cut.
"""

import socket
import ssl
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, NamedTuple

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError


class FetchFailed(Exception):
    """No usable answer came. The text names neither the address nor what was asked: both may be personal."""


class TookTooLong(FetchFailed):
    """The whole answer was not there when the time was up."""


class TooLarge(FetchFailed):
    """The answer is longer than any honest one."""


class Answer(NamedTuple):
    """What came back, whatever its status; redirects are not followed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Line:
    """The connection under one question, so that another thread can cut it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.held: list[socket.socket] = []
        self.is_cut = False

    def hold(self, connection: socket.socket) -> None:
        with self.lock:
            self.held.append(connection.dup())  # TLS takes the socket over, but not its duplicate
            if self.is_cut:
                self._shut()

    def cut(self) -> None:
        with self.lock:
            self.is_cut = True
            self._shut()

    def release(self) -> None:
        with self.lock:
            while self.held:
                self.held.pop().close()

    def _shut(self) -> None:
        for connection in self.held:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


_asking = threading.local()


class _Http(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        _asking.line.hold(connection)
        return connection


class _Https(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        connection = super()._new_conn()
        _asking.line.hold(connection)
        return connection


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


class CuttableAdapter(HTTPAdapter):
    """Makes the connections of a `requests` session so that `fetch` can cut them. Trusts what this machine trusts."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, ssl_context=ssl.create_default_context(), **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=ssl.create_default_context(), **kwargs)
        manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
        return manager


def fetch(
    session: requests.Session, method: str, url: str, *, seconds: float, most_bytes: int, **sending: Any
) -> Answer:
    """The answer to one question, asked once. The session must have a CuttableAdapter mounted.

    Raises TookTooLong after `seconds` in all, TooLarge beyond `most_bytes` unpacked, FetchFailed when nobody answers.
    """
    line = _Line()
    asker = ThreadPoolExecutor(1, thread_name_prefix="fetch")
    try:
        asked = asker.submit(_ask, line, session, method, url, seconds, most_bytes, sending)
        return asked.result(timeout=seconds)
    except TimeoutError:
        line.cut()
        raise TookTooLong("No answer within the time allowed.") from None
    finally:
        asker.shutdown(wait=False)


def _ask(
    line: _Line,
    session: requests.Session,
    method: str,
    url: str,
    seconds: float,
    most_bytes: int,
    sending: dict[str, Any],
) -> Answer:
    _asking.line = line
    try:
        with session.request(method, url, stream=True, allow_redirects=False, timeout=seconds, **sending) as response:
            return Answer(response.status_code, response.headers, _body(response, most_bytes))
    except requests.Timeout:
        raise TookTooLong("No answer within the time allowed.") from None
    except (requests.RequestException, HTTPError, OSError, ValueError):
        raise FetchFailed("Nobody answered.") from None
    finally:
        line.release()
        session.close()  # no connection is kept: the next question's must be on its own line


def _body(response: requests.Response, most_bytes: int) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(16_384):
        body += chunk
        if len(body) > most_bytes:
            raise TooLarge("The answer is too long.")
    return bytes(body)
