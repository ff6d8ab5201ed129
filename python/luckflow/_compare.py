"""What results have in common, and what not."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any, overload

import numpy as np

from . import _html, _luckflow
from ._errors import InputError
from ._result import Result

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


@dataclass(frozen=True, eq=False)
class FolderComparison:
    """What differs between the results in several folders, of runs or of sweeps.

    Attributes
    ----------
    folders : list of str
        As they were named.
    scenario, results : dict
        Keys of the scenario, and findings (of sweeps: columns of ``aggregate.csv``), that are not the same everywhere:
        a value in words for each folder.
    same : int
        How many findings are the same.
    text, csv, latex : str
        All of it as the command line writes it.
    """

    folders: list[str]
    scenario: dict[str, list[str]]
    results: dict[str, list[str]]
    same: int
    text: str = field(repr=False)
    csv: str = field(repr=False)
    latex: str = field(repr=False)

    def _repr_html_(self) -> str:
        parts = [("key", self.scenario), ("finding", self.results)]
        shown = [
            _html.table([name, *self.folders], [[key, *all_] for key, all_ in part.items()]) for name, part in parts
        ]
        return "".join(shown)


@overload
def compare(a: Result, b: Result) -> Comparison: ...


@overload
def compare(
    a: str | os.PathLike, b: str | os.PathLike, *more: str | os.PathLike, tolerance: float = 1e-9
) -> FolderComparison: ...


def compare(a: Any, b: Any, *more: Any, tolerance: float = 1e-9) -> Any:
    """What differs between results: keys of the scenario, verdicts, findings, arrays.

    Parameters
    ----------
    a, b : Result or path
        Two results, as `run` and `load` give them; or two or more folders, all of runs or all of sweeps.
    *more : path
        Further folders.
    tolerance : float
        Of folders, numbers are the same that differ by no more than this part of the larger; results in memory are
        compared to the last bit.

    Returns
    -------
    Comparison or FolderComparison

    Raises
    ------
    InputError
        Runs beside sweeps, folders beside results, a tolerance that is none.
    OSError
        A file that cannot be read.
    """
    given = [a, b, *more]
    if all(isinstance(one, (str, os.PathLike)) for one in given):
        if not 0 <= tolerance <= 1:
            raise InputError("", "tolerance", str(tolerance), "a number from 0 to 1")
        folders = [os.fspath(one) for one in given]
        scenario, results, same, written = _luckflow.compare_folders(folders, float(tolerance))
        return FolderComparison(folders, dict(scenario), dict(results), same, *written)
    if more or not all(isinstance(one, Result) for one in given):
        kinds = ", ".join(type(one).__name__ for one in given)
        raise InputError("", "a, b", kinds, "two results, or two or more folders")
    return _of_results(a, b)


def _of_results(a: Result, b: Result) -> Comparison:
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
