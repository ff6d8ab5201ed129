"""What a caller can get wrong."""

from __future__ import annotations


class InputError(ValueError):
    """An argument that makes no sense.

    Attributes
    ----------
    place : str
        File and line, ``overrides`` or ``axes``; empty for arguments of functions.
    key : str
        Name of the argument, or key of the scenario with its section, as in ``teacher.nodes``.
    found : str
        What stands there.
    allowed : str
        What may stand there.
    """

    def __init__(self, place: str, key: str, found: str, allowed: str) -> None:
        super().__init__(place, key, found, allowed)
        self.place, self.key, self.found, self.allowed = place, key, found, allowed

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{place}{self.key}: found {self.found}; allowed: {self.allowed}"


class ScenarioError(InputError):
    """A mistake in a scenario, with its place."""
