"""Reading what is sent: JSON that leaves nothing to chance, and no more of anything than somebody would fill in."""

import json
from collections.abc import Collection
from typing import IO, Any

from flask import Request
from werkzeug.exceptions import BadRequest as MalformedRequest
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser

DEEPEST_JSON = 32
MOST_FORM_FIELDS = 1_000
MOST_JSON_VALUES = 5_000  # a listing with all it may say has about 1,500


class BoundedForms(FormDataParser):
    """Refuses a form with more fields than any of ours has; werkzeug bounds only the parts of a multipart one."""

    def parse(self, stream: IO[bytes], *args: Any, **more: Any) -> Any:
        rest, form, files = super().parse(stream, *args, **more)
        if sum(len(values) for _, values in form.lists()) > MOST_FORM_FIELDS:
            raise RequestEntityTooLarge
        return rest, form, files


class StrictRequest(Request):
    """A request whose JSON must be JSON: no NaN, no key twice, no endless nesting, no broken characters."""

    form_data_parser_class = BoundedForms

    def on_json_loading_failed(self, e: ValueError | None) -> Any:
        raise MalformedRequest("Send JSON: a Content-Type of application/json and a body that can be read.")

    def get_json(self, force: bool = False, silent: bool = False, cache: bool = True) -> Any:
        if not (force or self.is_json):
            return None if silent else self.on_json_loading_failed(None)
        try:
            return strict_json(self.get_data(cache=cache))
        except ValueError as error:
            return None if silent else self.on_json_loading_failed(error)


def strict_json(data: bytes) -> Any:
    """What these bytes say as JSON. Raises ValueError for anything RFC 8259 leaves to chance."""
    text = data.decode("utf-8")
    if "\\u0000" in text or "\x00" in text:
        raise ValueError("a NUL character")
    depth = deepest = 0
    for character in text:
        depth += (character in "[{") - (character in "]}")
        deepest = max(deepest, depth)
    if deepest > DEEPEST_JSON:
        raise ValueError("nested too deeply")
    value = json.loads(
        text, object_pairs_hook=_no_key_twice, parse_constant=_refuse, parse_int=_whole, parse_float=_real
    )
    if _holds_too_much(value):
        raise ValueError("too many values")
    json.dumps(value, ensure_ascii=False).encode("utf-8")  # a lone surrogate fails here, not in the database
    return value


def _holds_too_much(value: Any) -> bool:
    waiting, seen = [value], 0
    while waiting and seen <= MOST_JSON_VALUES:
        one = waiting.pop()
        inside: Collection[Any] = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        seen += len(inside)
        waiting.extend(inside)
    return seen > MOST_JSON_VALUES


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


def _refuse(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def _whole(text: str) -> int:
    if len(text.lstrip("-")) > 18:
        raise ValueError("a number too long")
    return int(text)


def _real(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        raise ValueError("a number too large")
    return number
