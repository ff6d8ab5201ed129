"""What two results have in common, and what not."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from . import _html

#: Findings that are never the same twice.
PASSING = ("provenance", "seconds", "scenario")


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two results beside each other.

    Attributes
    ----------
    scenario : dict
        Keys with other values: both values, ``None`` for a key that one has not.
    verdicts : dict
        Claims with other verdicts: both.
    numbers : dict
        Findings that are other numbers: both.
    arrays : dict
        Of arrays of one shape that differ the largest difference; of others both shapes.
    """

    scenario: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    verdicts: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    numbers: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    arrays: dict[str, Any] = field(default_factory=dict)

    @property
    def same(self) -> bool:
        """Whether both found the same, to the last bit."""
        return not (self.verdicts or self.numbers or self.arrays)

    def _repr_html_(self) -> str:
        parts = [("key", self.scenario), ("claim", self.verdicts), ("finding", self.numbers)]
        tables = [
            _html.table([name, "a", "b"], [[key, *pair] for key, pair in part.items()]) for name, part in parts if part
        ]
        if self.arrays:
            tables.append(_html.table(["array", "difference"], [[name, found] for name, found in self.arrays.items()]))
        return "".join(tables) or "<p>The same.</p>"


def compare(a: Any, b: Any) -> Comparison:
    """What differs between two results: keys of the scenario, verdicts, findings, arrays.

    Parameters
    ----------
    a, b : Result
        As `run` and `load` give them.

    Returns
    -------
    Comparison
    """
    findings = [
        {key: value for key, value in flat(result.summary).items() if key.split(".")[0] not in PASSING}
        for result in (a, b)
    ]
    numbers = differing(
        *({key: value for key, value in found.items() if not isinstance(value, str)} for found in findings)
    )
    return Comparison(
        scenario=differing(flat(a.scenario), flat(b.scenario)),
        verdicts=differing(a.verdicts, b.verdicts),
        numbers=numbers,
        arrays=_arrays(a.arrays, b.arrays),
    )


def differing(a: dict[str, Any], b: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Keys with other values."""
    keys = [*a, *(key for key in b if key not in a)]
    return {key: (a.get(key), b.get(key)) for key in keys if a.get(key) != b.get(key)}


def flat(found: Any, path: str = "") -> dict[str, Any]:
    """Values by their paths, as in ``rates.sharp.value``."""
    if not isinstance(found, dict):
        return {path: found}
    parts = [flat(value, f"{path}.{key}" if path else key) for key, value in found.items()]
    return {key: value for part in parts for key, value in part.items()}


def _arrays(a: dict[str, np.ndarray], b: dict[str, np.ndarray]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in [*a, *(name for name in b if name not in a)]:
        ours, theirs = a.get(name), b.get(name)
        if ours is None or theirs is None or ours.shape != theirs.shape:
            found[name] = tuple(None if array is None else array.shape for array in (ours, theirs))
        elif ours.dtype == object or theirs.dtype == object:
            if list(ours.ravel()) != list(theirs.ravel()):
                found[name] = "other words"
        elif not np.array_equal(ours, theirs, equal_nan=True):
            found[name] = float(np.nanmax(np.abs(ours.astype(float) - theirs.astype(float))))
    return found
