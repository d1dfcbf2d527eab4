"""Fields that several schemas share: what a well-formed NHS number, phone number, postcode or line of text is."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

import nhs_number
import phonenumbers
from marshmallow import Schema, ValidationError, fields, validate

from social_rx.directory import postcodes
from social_rx.errors import InvalidInput
from social_rx.unseen import CONTROL, without_unseen

_NATIONAL_INSURANCE = re.compile(r"^\s*[A-Za-z]{2}(\s*\d{2}){3}\s*[A-Da-d]\s*$")
NHS_NUMBER_RANGES = "NHS number must have 10 numbers, like 999 123 4567."


class StrictSchema(Schema):
    """What comes in: a field nobody knows is refused, not dropped."""


class Words(fields.String):
    """One line that somebody wrote: not empty, at most `longest` characters, all of which can be seen."""

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
        if CONTROL.search(text):
            raise ValidationError("Remove the characters that cannot be read.")
        text = self._in_lines(without_unseen(text))
        if not text:
            raise ValidationError(self.enter)
        return text

    def _in_lines(self, text: str) -> str:
        return " ".join(text.split())


class Prose(Words):
    """Words that may run over several lines, ended as we end them and not as a browser does."""

    def _in_lines(self, text: str) -> str:
        return text.strip().replace("\r\n", "\n").replace("\r", "\n")


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
