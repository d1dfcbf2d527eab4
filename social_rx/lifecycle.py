"""A small explicit state machine: named actions that move a record from one status to another."""

from collections.abc import Mapping, Set
from enum import StrEnum
from typing import NamedTuple

from social_rx.errors import ActionNotAllowed


class Step(NamedTuple):
    """Who may take an action, from which statuses, and where it leads."""

    by: Set[StrEnum]
    sources: Set[StrEnum]
    target: StrEnum


class Lifecycle:
    """A table of steps by the name of the action; it guards changes, draws buttons and fills the API's `actions`."""

    def __init__(self, steps: Mapping[str, Step]):
        self.steps = dict(steps)

    def actions(self, status: StrEnum, role: StrEnum) -> list[str]:
        """What someone in this role may do to a record in this status."""
        return [name for name, step in self.steps.items() if status in step.sources and role in step.by]

    def after(self, action: str, status: StrEnum, role: StrEnum) -> StrEnum:
        """The status that `action` leads to.

        Raises ActionNotAllowed when the table has no such step for this status and role.
        """
        if action not in self.actions(status, role):
            words, now = action.replace("_", " "), status.replace("_", " ")
            raise ActionNotAllowed(f"You cannot {words} this: it is {now}.")
        return self.steps[action].target
