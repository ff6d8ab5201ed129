"""Scenarios as they are given: a mapping, a path, text or a shipped name."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from . import _luckflow
from ._errors import InputError

Scenario = str | os.PathLike | Mapping[str, Any]

#: What mistakes in a mapping or a text call it.
UNNAMED = "scenario.toml"


@dataclass(frozen=True)
class Given:
    """A scenario with its changes; what workers get."""

    path: str
    text: str | None = None
    overrides: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, scenario: Scenario, overrides: Mapping[str, Any] | None = None) -> Given:
        """Reads nothing yet but a mapping."""
        changes = [f"{key}={inline(value)}" for key, value in (overrides or {}).items()]
        if isinstance(scenario, Mapping):
            return cls(UNNAMED, _luckflow.to_toml(plain(scenario)), changes)
        if isinstance(scenario, str) and is_text(scenario):
            return cls(UNNAMED, scenario, changes)
        if isinstance(scenario, (str, os.PathLike)):
            return cls(os.fspath(scenario), None, changes)
        kind = type(scenario).__name__
        raise InputError("", "scenario", kind, "a mapping, a path, text in TOML or the name of a shipped scenario")


def is_text(scenario: str) -> bool:
    """Whether it is TOML, and no path or name."""
    return "\n" in scenario or ("=" in scenario and not scenario.endswith(".toml"))


def inline(value: Any) -> str:
    """A value as it stands behind ``key =``; ``None`` takes the key away."""
    return "" if value is None else _luckflow.to_inline_toml(plain(value))


def plain(value: Any) -> Any:
    """Numbers of NumPy, paths and the like as what TOML has."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, Path):
        return os.fspath(value)
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return [plain(item) for item in value]
    return value
