"""What every template is given: the design system's macros, the filters, and the one inline script.

The NHS macros need an environment that forgives missing names, and they print any `html` parameter as it comes.
Our own templates are strict, and a stored name must never come out as markup. So the macros live in an environment
of their own and reach our templates over a bridge that lets nothing unsafe through.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from typing import Protocol

from flask import Flask
from jinja2 import ChainableUndefined, Environment, PackageLoader, StrictUndefined, Undefined
from jinja2.runtime import Macro
from markupsafe import Markup

from social_rx.clock import LONDON

KM_IN_A_MILE = 1.609344

WHOLE_FORM = "_form"  # the key of an error that no single field is to blame for

# The only inline script we have. The design system's CSS needs the classes before the first paint, and a constant
# can be allowed by its hash: pages stay cacheable, and the CSP needs neither a nonce nor 'unsafe-inline'.
BOOT_SCRIPT = Markup(
    "document.body.className += ' js-enabled' + "
    "('noModule' in HTMLScriptElement.prototype ? ' nhsuk-frontend-supported' : '');"
)
BOOT_SCRIPT_HASH = "sha256-" + base64.b64encode(hashlib.sha256(BOOT_SCRIPT.encode()).digest()).decode()


class UnsafeHtml(TypeError):
    """A template gave a macro plain text where the macro prints markup without escaping it."""


def _prints_unescaped(key: object) -> bool:
    name = str(key).lower()
    return name.endswith("html") or name == "attributes"


def _check(value: object, where: str) -> None:
    """Refuse what a macro would print unescaped, and what it would pass over in silence.

    `{% set fragment %}…{% endset %}` makes markup in which names are escaped; `name ~ "<br>"` does not.
    """
    match value:
        case Undefined():
            str(value)  # raises, because our templates are strict: a typo must not become an empty label
        case str():
            return
        case Mapping():
            for key, item in value.items():
                if _prints_unescaped(key) and item and not isinstance(item, Mapping) and not hasattr(item, "__html__"):
                    raise UnsafeHtml(f"{where}: '{key}' must be Markup, made with a {{% set %}} block.")
                _check(item, f"{where}.{key}")
        case list() | tuple():
            for item in value:
                _check(item, where)
        case Iterable():
            raise UnsafeHtml(f"{where}: give a list, because looking into an iterator would use it up.")


def _bridge(name: str, macro: Macro) -> Callable[..., str]:
    """One macro of the design system as our templates call it."""

    def checked(params: Mapping[str, object] | None = None, **block: Callable[[], str]) -> str:
        _check(params, name)
        return macro(params or {}, **block)  # `block` holds the `caller` of a {% call %}

    return checked


@cache
def _macros() -> dict[str, Callable[..., str]]:
    """All macros of the design system, compiled once in each process."""
    forgiving = Environment(loader=PackageLoader("nhsuk_frontend_jinja"), undefined=ChainableUndefined, autoescape=True)
    paths = forgiving.list_templates(filter_func=lambda path: path.endswith("/macro.jinja"))
    modules = [vars(forgiving.get_template(path).module) for path in paths]
    macros = {name: macro for module in modules for name, macro in module.items() if isinstance(macro, Macro)}
    return {f"nhs_{name}": _bridge(name, macro) for name, macro in macros.items()}


def _in_england(when: datetime) -> datetime:
    if when.tzinfo is None:
        raise ValueError("A time without a zone cannot be shown: nobody knows which time it is.")
    return when.astimezone(LONDON)


def day(when: date) -> str:
    """A date as people write it: 6 August 2018. A moment is shown as the day it was in England."""
    local = _in_england(when) if isinstance(when, datetime) else when
    return f"{local.day} {local:%B %Y}"


def moment(when: datetime) -> str:
    """A day and the time on the wall in England: 20 November 2026 at 10:15am."""
    local = _in_england(when)
    match local.hour, local.minute:
        case 0, 0:
            time = "midnight"
        case 12, 0:
            time = "midday"
        case hour, minute:
            time = f"{hour % 12 or 12}{f':{minute:02}' if minute else ''}{'am' if hour < 12 else 'pm'}"
    return f"{day(local)} at {time}"


def nhs_number(digits: str) -> Markup:
    """An NHS number in the groups people read aloud, kept on one line."""
    grouped = f"{digits[:3]} {digits[3:6]} {digits[6:]}" if len(digits) == 10 else digits
    return Markup('<span class="nhsuk-u-nowrap">{}</span>').format(grouped)


def miles(km: float) -> str:
    """A distance as people in England say it; we measure in kilometres."""
    distance = round(km / KM_IN_A_MILE, 1)
    if distance < 0.1:
        return "less than 0.1 miles"
    return f"{distance:g} mile{'' if distance == 1 else 's'}"


def words(name: str) -> str:
    """A name from the code, such as a status, as words: in_triage is "In triage"."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def choices(items: Iterable[Sequence[str]]) -> list[dict[str, str]]:
    """(value, text) or (value, text, hint), as the radios, checkboxes and selects of the design system want them."""
    return [{"value": str(value), "text": text, "hint": "".join(hint)} for value, text, *hint in items]


class FilledForm(Protocol):
    """What a page knows of a form that came back: what was typed, and what is wrong, by the name of the field."""

    values: Mapping[str, str | list[str]]
    errors: Mapping[str, str]


def error_links(form: FilledForm) -> list[dict[str, str]]:
    """The lines of an error summary, each a link to the field where it can be put right.

    A date is three boxes, so its link goes to the first. A message about the whole form has nowhere to go.
    """

    def link(name: str) -> str:
        if name == WHOLE_FORM:
            return ""
        return f"#{name}-day" if f"{name}-day" in form.values else f"#{name}"

    return [{"text": message, "href": link(name)} for name, message in form.errors.items()]


def init_app(app: Flask) -> None:
    """Make our templates strict, and give them the macros and the filters."""
    environment = app.jinja_env
    environment.undefined = StrictUndefined
    environment.trim_blocks = environment.lstrip_blocks = True
    environment.globals.update(_macros(), boot_script=BOOT_SCRIPT)
    filters = (day, moment, nhs_number, miles, words, choices, error_links)
    environment.filters.update({function.__name__: function for function in filters})
