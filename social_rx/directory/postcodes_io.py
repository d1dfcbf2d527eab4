"""What the answers of postcodes.io mean (its version 18). Nothing is believed that has not been checked."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from social_rx.directory import postcodes
from social_rx.directory.known_points import Point

MOST_AT_ONCE = 100


class NotUnderstood(ValueError):
    """Not an answer to what was asked. The text does not quote it: it may name a postcode."""


def read_one(key: str, body: bytes) -> Point | None:
    """The point of one postcode, marked when it is no longer in use; None when it is unknown or has no point."""
    match _document(body):
        case {"status": 200, "result": {**result}}:
            return _point(key, result)
        case {"status": 404, "error": "Postcode not found" | "Invalid postcode", "terminated": {**result}}:
            point = _point(key, result)
            return point._replace(terminated=True) if point else None
        case {"status": 404, "error": "Postcode not found" | "Invalid postcode"}:
            return None
    raise NotUnderstood("this is no answer about one postcode")


def read_many(keys: Collection[str], body: bytes) -> dict[str, Point | None]:
    """The points of those in use among the postcodes asked about; None for each that it does not know as such."""
    match _document(body):
        case {"status": 200, "result": [*items]}:
            return dict(_item(keys, item) for item in items)
    raise NotUnderstood("this is no answer about many postcodes")


def _item(keys: Collection[str], item: object) -> tuple[str, Point | None]:
    match item:
        case {"query": str(key), "result": None} if key in keys:
            return key, None
        case {"query": str(key), "result": {**result}} if key in keys:
            return key, _point(key, result)
    raise NotUnderstood("this answers something that was not asked")


def _point(key: str, result: Mapping[Any, Any]) -> Point | None:
    """None for a postcode without a position: the Channel Islands, the Isle of Man."""
    match result:
        case {"postcode": str(text), "latitude": latitude, "longitude": longitude} if postcodes.key_of(text) == key:
            if latitude is None and longitude is None:
                return None
            if _is_number(latitude) and _is_number(longitude) and postcodes.in_these_islands(latitude, longitude):
                return Point(latitude, longitude)
    raise NotUnderstood("this is another postcode, or in another country")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _document(body: bytes) -> object:
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        raise NotUnderstood("this is not JSON") from None
