"""Everything the application refuses on purpose. How a refusal is shown is decided in web.py."""

from collections.abc import Mapping


class SocialRxError(Exception):
    """A refusal that the person can understand and act on. Subclasses fix `status` and `code`.

    `fields` maps the name of what was filled in to what is wrong with it.
    """

    status = 400
    code = "bad_request"

    def __init__(self, message: str, fields: Mapping[str, object] | None = None):
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})


class BadRequest(SocialRxError):
    """What was sent cannot be read at all."""


class SignInNeeded(SocialRxError):
    status, code = 401, "sign_in_needed"


class Forbidden(SocialRxError):
    status, code = 403, "forbidden"


class NotFound(SocialRxError):
    """There is no such thing, or it is not yours: the two are told apart by nobody."""

    status, code = 404, "not_found"


class ActionNotAllowed(SocialRxError):
    """The action exists, but not from where the record is now."""

    status, code = 409, "action_not_allowed"


class Conflict(SocialRxError):
    status, code = 409, "conflict"


class ChangedMeanwhile(SocialRxError):
    """Somebody else saved the record after it was read."""

    status, code = 412, "changed_meanwhile"


class InvalidInput(SocialRxError):
    status, code = 422, "invalid_input"


class VersionNeeded(SocialRxError):
    """A change to a record must say, in If-Match, which version of it was read."""

    status, code = 428, "version_needed"


class TooManyAttempts(SocialRxError):
    status, code = 429, "too_many_attempts"


class Unavailable(SocialRxError):
    status, code = 503, "unavailable"


class UnsafeSettings(RuntimeError):
    """The settings would put people's details at risk, so the application does not start."""
