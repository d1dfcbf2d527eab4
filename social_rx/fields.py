"""Fields that several schemas share: what a well-formed NHS number, phone number, postcode or line of text is."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import nhs_number
import phonenumbers
from marshmallow import Schema, ValidationError, fields, validate

from social_rx.directory import postcodes
from social_rx.errors import InvalidInput

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_NATIONAL_INSURANCE = re.compile(r"^\s*[A-Za-z]{2}(\s*\d{2}){3}\s*[A-Da-d]\s*$")
NHS_NUMBER_RANGES = "NHS number must have 10 numbers, like 999 123 4567."


class StrictSchema(Schema):
    """What comes in: a field nobody knows is refused, not dropped."""


class Words(fields.String):
    """Text somebody wrote: trimmed, not empty, at most `longest` characters, no control characters."""

    def __init__(self, longest: int, *, enter: str = "Enter some words.", **kwargs: Any):
        messages: dict[str, str | list | dict] = {"required": enter, "null": enter, "invalid": enter}
        super().__init__(
            validate=validate.Length(1, longest, error=f"Enter {longest} characters or fewer."),
            error_messages=messages,
            **kwargs,
        )
        self.enter = enter

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        if not text:
            raise ValidationError(self.enter)
        if _CONTROL.search(text):
            raise ValidationError("Remove the characters that cannot be read.")
        return text


class NhsNumber(fields.String):
    """Ten digits that pass Modulus 11 (NHS Data Dictionary), spaces and dashes allowed, all noughts refused."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if _NATIONAL_INSURANCE.match(text):
            raise ValidationError("Enter an NHS number, not a National Insurance number.")
        digits = re.sub(r"[\s-]", "", text)
        if not re.fullmatch(r"[0-9]{10}", digits):
            raise ValidationError(NHS_NUMBER_RANGES)
        if set(digits) == {"0"} or not nhs_number.is_valid(digits):
            raise ValidationError("Check the NHS number. It does not look right.")
        return digits


class PhoneNumber(fields.String):
    """A UK phone number, or one from abroad with its +."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)[:40]
        try:
            number = phonenumbers.parse(text, "GB")
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_possible_number(number):
            raise ValidationError("Enter a UK phone number, like 07700 900 982.")
        style = phonenumbers.PhoneNumberFormat
        at_home = number.country_code == 44
        return phonenumbers.format_number(number, style.NATIONAL if at_home else style.INTERNATIONAL)


class PostcodeField(fields.String):
    """A full UK postcode, kept as people write it (CV1 2AB)."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return postcodes.parse(text).text
        except InvalidInput as refusal:
            raise ValidationError(refusal.message) from None


class Choice(fields.String):
    """One of a known set of codes."""

    def __init__(self, choices: Iterable[str], *, select: str = "Select one of the answers.", **kwargs: Any):
        super().__init__(
            validate=validate.OneOf(list(choices), error=select),
            error_messages={"required": select, "null": select, "invalid": select},
            **kwargs,
        )


class Codes(fields.List):
    """Several of a known set of codes, each once."""

    def __init__(self, choices: Iterable[str], *, select: str, least: int = 0, **kwargs: Any):
        known = list(choices)
        super().__init__(
            Choice(known, select=select),
            validate=validate.Length(least, len(known), error=select),
            error_messages={"required": select, "null": select, "invalid": select},
            **kwargs,
        )
