"""Running scenarios, and reading what runs left."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import _luckflow
from ._bar import shown
from ._errors import InputError
from ._result import Kept, Result
from ._scenario import Given, Scenario


@dataclass(frozen=True)
class Target:
    """Where results go."""

    out: str | None
    force: bool
    resume: bool

    @classmethod
    def of(cls, out: str | os.PathLike | None, force: bool, resume: bool, both: bool = False) -> Target:
        """Flags speak of a folder, and but for sweeps exclude each other."""
        if out is None and (force or resume):
            raise InputError("", "out", "none", "a folder, where force or resume is asked for")
        if force and resume and not both:
            raise InputError("", "force", "force and resume", "one of them")
        return cls(None if out is None else os.fspath(out), bool(force), bool(resume))


def run(
    scenario: Scenario,
    overrides: Mapping[str, Any] | None = None,
    out: str | os.PathLike | None = None,
    *,
    force: bool = False,
    resume: bool = False,
    over_memory: bool = False,
    progress: bool | Callable[[float, str], Any] = False,
) -> Result:
    """Runs a scenario: any experiment of the command line, to the same bytes.

    Parameters
    ----------
    scenario : mapping, path, or str
        Keys with their values; a file; text in TOML; or the name of a shipped scenario (`scenarios`). Files that a
        mapping or a text names are looked for from the working folder.
    overrides : mapping, optional
        Other values of keys, as in ``{"student.theta0": 0.1}``; ``None`` takes a key away.
    out : path, optional
        A folder that gets what the command line leaves; it must be new or empty.
    force, resume : bool
        Replace earlier results there; go on from the checkpoints of a training that was stopped.
    over_memory : bool
        Run also what would take more memory than is free (`memory`).
    progress : bool or callable
        A tqdm bar, or a function of the part that is done, from 0 to 1, and words.

    Returns
    -------
    Result

    Raises
    ------
    ScenarioError
        A mistake in the scenario: with ``place``, ``key``, ``found`` and ``allowed``.
    FileExistsError, OSError
        A folder with other results; one that cannot be written to.
    MemoryError
        A run that would take more memory than is free.
    KeyboardInterrupt
        Within half a second of Ctrl-C; with `out`, what was computed until then is kept there.

    Examples
    --------
    >>> result = run("theorem4", {"student.theta0": 0.01})
    >>> result.verdicts["sharp"]
    'holds'
    """
    given, target = Given.of(scenario, overrides), Target.of(out, force, resume)
    with shown(progress) as show:
        return Result(_luckflow.run(given, target, bool(over_memory), show))


@dataclass(frozen=True)
class Memory:
    """What a run would take of memory at one time, in bytes: estimates.

    Attributes
    ----------
    total : float
        All parts together.
    parts : dict
        What each is for, the largest first.
    free : float or None
        What this process can still have; ``None`` where the system does not say.
    """

    total: float
    parts: dict[str, float]
    free: float | None


def memory(scenario: Scenario, overrides: Mapping[str, Any] | None = None) -> Memory:
    """What a run of a scenario would take of memory; nothing is run.

    Parameters
    ----------
    scenario, overrides
        As for `run`.

    Returns
    -------
    Memory

    Raises
    ------
    ScenarioError
        A mistake in the scenario.
    """
    parts, free = _luckflow.memory(Given.of(scenario, overrides))
    together: dict[str, float] = {}
    for what, taken in parts:
        together[what] = together.get(what, 0.0) + taken
    return Memory(sum(together.values()), together, free)


def load(folder: str | os.PathLike) -> Any:
    """What a run or a sweep left in a folder, by Python or by the command line.

    Returns
    -------
    Result or pandas.DataFrame
        Of a run all but figures as data; of a sweep its table.

    Raises
    ------
    FileNotFoundError
        A folder without results.
    """
    place = Path(folder)
    if (place / "summary.json").is_file():
        return Result(Kept.of_folder(place))
    if (place / "cells.csv").is_file():
        from ._sweep import table

        return table(place)
    raise FileNotFoundError(f"{place}: found no summary.json and no cells.csv; allowed: a folder with results")


def scenarios() -> dict[str, str]:
    """Names of the shipped scenarios, each with what it is; `scenario_text` gives their text."""
    return dict(_luckflow.shipped())


def scenario_text(name: str) -> str:
    """The text of a shipped scenario, in TOML.

    Raises
    ------
    KeyError
        A name that is none.
    """
    return _luckflow.scenario_text(name)


def experiments() -> dict[str, str]:
    """Names of the experiments, each with a sentence."""
    return dict(_luckflow.experiments())


def new(experiment: str) -> str:
    """A scenario to begin with, in TOML: every key with its meaning, commented out where there is a default.

    Raises
    ------
    InputError
        A name that is none of `experiments`.
    """
    return _luckflow.new(experiment)


def explain(key: str) -> str:
    """What a key is: its meaning, what is allowed, its default. A section or an experiment stands for all of its keys.

    Raises
    ------
    InputError
        A name that is none, with the one that may be meant.

    Examples
    --------
    >>> print(explain("student.theta0").splitlines()[0])
    student.theta0
    """
    return _luckflow.explain(key)
