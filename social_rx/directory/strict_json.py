"""Rows from JSON and JSON lines: numbers stay as they were written, and what no spreadsheet could hold is refused."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from social_rx.directory.sheets import Layout, Limits, Problem, Row, Sheet, clean, excerpt, too_long
from social_rx.errors import InvalidInput

DEEPEST = 6


def read(text: str, layout: Layout, limits: Limits) -> Sheet:
    """A list of objects, or one object a line. An object within an object becomes columns such as `address.city`."""
    records = _records(text, layout)
    if len(records) > limits.rows:
        raise InvalidInput(f"The file has more than {limits.rows:,} rows. Split it into smaller files.")
    rows = [_row(number, record, limits) for number, record in enumerate(records, start=1)]
    columns = frozenset(name for row in rows for name in (*row.cells, *row.lists))
    return Sheet(columns, rows)


def _records(text: str, layout: Layout) -> list[Any]:
    lines = [(number, line) for number, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if len(lines) > 1 and all(line.lstrip().startswith("{") for _, line in lines[:2]):
        return [loads(line, f"Line {number}") for number, line in lines]
    whole = loads(text, "The file")
    for step in layout.records.split(".") if layout.records else []:
        whole = whole.get(step) if isinstance(whole, dict) else None
    if not isinstance(whole, list):
        where = f"at {layout.records!r}" if layout.records else "at its top"
        raise InvalidInput(f"The JSON has no list {where}. Say in the mapping where its records are.")
    return whole


def loads(text: str, what: str) -> Any:
    """One JSON value, every number as text. Raises InvalidInput, naming `what`, for anything doubtful."""
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=str,
            parse_float=str,
            parse_constant=_refuse_constant,
        )
    except RecursionError as error:
        raise InvalidInput(f"{what} nests lists and objects too deeply.") from error
    except json.JSONDecodeError as error:
        raise InvalidInput(f"{what} is not complete JSON: {error.msg} (line {error.lineno}).") from error
    except ValueError as error:
        raise InvalidInput(f"{what} cannot be used: {error}") from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"one object gives {excerpt(twice)!r} twice.")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number.")


def _row(number: int, record: Any, limits: Limits) -> Row:
    if not isinstance(record, dict):
        return Row(number, problem=Problem("This is not an object with named values."))
    row = Row(number)
    try:
        for name, value in _flat(record, "", DEEPEST):
            if isinstance(value, list):
                row.lists[name] = value
            else:
                row.cells[name] = value
    except ValueError as error:
        return Row(number, problem=Problem(str(error)))
    if len(row.cells) + len(row.lists) > limits.columns:
        return Row(number, problem=Problem(f"The object has more than {limits.columns} values."))
    row.problem = too_long(row.cells, limits)
    return row


def _flat(record: dict[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, str | list[dict[str, str]]]]:
    if depth == 0:
        raise ValueError(f"Objects are nested more than {DEEPEST} deep.")
    for key, value in record.items():
        name = prefix + _checked(key)
        if isinstance(value, dict):
            yield from _flat(value, f"{name}.", depth - 1)
        elif isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
            yield name, [{inner: _text(part) for inner, part in item.items()} for item in value]
        elif isinstance(value, list):
            yield name, ", ".join(filter(None, (_text(item) for item in value)))
        else:
            yield name, _text(value)


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case str():
            return clean(_checked(value))
        case _:
            raise ValueError("A list holds lists or objects that a row has no room for.")


def _checked(text: str) -> str:
    if any("\ud800" <= letter <= "\udfff" or letter == "\x00" for letter in text):
        raise ValueError("The text holds half a character or a NUL.")
    return text
