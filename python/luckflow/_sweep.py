"""A scenario at many points, on threads of this process or through an executor."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from . import _luckflow, _tables
from ._bar import shown
from ._errors import InputError
from ._overlap import whole
from ._pool import through
from ._run import Target
from ._scenario import Given, Scenario, inline

#: Columns that every table has beside axes and findings.
OWN = {"index": "count", "id": "text", "seed": "count", "digest": "text"}


def log_axis(first: float, last: float, points: int | None = None) -> str:
    """An axis of values with equal ratios, ends included, for `sweep`; without `points` to draw from."""
    return _range("log", first, last, points)


def linear_axis(first: float, last: float, points: int | None = None) -> str:
    """An axis of values with equal differences, ends included, for `sweep`; without `points` to draw from."""
    return _range("linear", first, last, points)


def _range(kind: str, first: float, last: float, points: int | None) -> str:
    count = "" if points is None else f":{whole('points', points)}"
    return f"{kind}:{inline(first)}:{inline(last)}{count}"


@dataclass(frozen=True)
class Manner:
    """How a sweep is gone about: what the command line has as options."""

    jobs: int
    shard: str
    fail_fast: bool
    refine: str | None
    coarse: int
    until: str | None
    draw: bool
    columns: list[str] | None
    long: bool


def sweep(
    scenario: Scenario,
    axes: Mapping[str, str | Iterable[Any]] | None = None,
    seeds: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    out: str | os.PathLike | None = None,
    *,
    design: str | None = None,
    points: int | None = None,
    refine: str | None = None,
    coarse: int = 8,
    until: str | None = None,
    shard: str = "1/1",
    executor: Any = None,
    jobs: int | None = None,
    fail_fast: bool = False,
    columns: Iterable[str] | None = None,
    long: bool = False,
    force: bool = False,
    resume: bool = False,
    progress: bool | Callable[[float, str], Any] = False,
) -> Any:
    """Runs a scenario at many points: a row each, in the order and with the bytes of the command line.

    Parameters
    ----------
    scenario, overrides
        As for `run`; the scenario may have a section ``[sweep]`` of its own.
    axes : mapping, optional
        Values for each key, in place of those of an axis with the same key: a list or an array, `log_axis`,
        `linear_axis`, or words as on the command line.
    seeds : int, optional
        Each point is run with so many seeds, counted up from the scenario's.
    out : path, optional
        A folder that gets what the command line leaves, row by row; it must be new or empty.
    design : str, optional
        ``"grid"``, all combinations of values; ``"random"`` or ``"sobol"``, so many `points` drawn from all axes.
    points : int, optional
        How many, with ``"random"`` or ``"sobol"``.
    refine : str, optional
        Of a grid, run the cells near the boundary of a condition on a column, as in ``"derived > 0"``: each `coarse`-th
        value of each range first, then what lies between neighbours that differ.
    coarse : int
        With `refine`: every so many-th value comes first.
    until : str, optional
        Of each cell, run as many seeds as it takes, three at least and `seeds` at most, for the standard error of a
        column's mean to be as in ``"fitted < 0.001"``. After either, ``resume=True`` without it runs all other points.
    shard : str
        Part i of k, ``"i/k"``, which `merge` joins and draws; ``"auto"`` and ``"auto/k"`` take the number from Slurm,
        MPI or Kubernetes.
    executor : int or executor, optional
        So many processes; or anything with ``submit`` (`concurrent.futures`, Dask's client, mpi4py's
        ``MPIPoolExecutor``, submitit's executors) or ``apply_async`` (pools of `multiprocessing` and of Ray). Points go
        out in batches of about half a second. Without it threads of this process run them.
    jobs : int, optional
        So many threads, where there is no executor; one for each core unless it is said.
    fail_fast : bool
        Stop at the first point that fails, with a RuntimeError; else failures are rows with an ``error``.
    columns : list of str, optional
        The columns of the sweep that ``aggregate.csv`` has, where `out` is a folder; all of numbers and of verdicts
        unless they are named.
    long : bool
        Whether `out` gets ``aggregate-long.csv`` too, a row for each number.
    force, resume : bool
        Replace earlier results there; go on with them.
    progress : bool or callable
        A tqdm bar, or a function of the part that is done, from 0 to 1, and words.

    Returns
    -------
    pandas.DataFrame
        A row for each point: ``index``, the axes, ``seed``, and what the experiment finds. Points that failed have an
        ``error``.

    Raises
    ------
    ScenarioError, InputError
        A mistake in the scenario, in an axis or an argument, before anything is run.
    RuntimeError
        With `fail_fast`, a point that failed.
    FileExistsError, OSError
        A folder with other results; one that cannot be written to.
    KeyboardInterrupt
        Within half a second of Ctrl-C; with `out`, ``resume=True`` goes on from there.

    Examples
    --------
    >>> frame = sweep("theorem4", {"student.theta0": log_axis(1e-3, 1e-1, 3)})
    >>> list(frame["printed_d0_verdict"])
    ['holds', 'violated', 'vacuous']
    """
    _tables.pandas()  # before the work
    given, words, plan = _planned(scenario, axes, seeds, overrides, design, points)
    target = Target.of(out, force, resume, both=True)
    chosen = None if columns is None else [str(name) for name in columns]
    threads = whole("jobs", jobs if jobs is not None else os.cpu_count() or 1)
    if threads == 0:
        raise InputError("", "jobs", "0", "1 or more")
    first = whole("coarse", coarse)
    if first == 0:
        raise InputError("", "coarse", "0", "1 or more")
    manner = Manner(threads, shard, bool(fail_fast), refine, first, until, out is not None, chosen, bool(long))
    # What still runs after Ctrl-C may leave something in it.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as passing, shown(progress) as show:
        folder = Path(passing if target.out is None else target.out)
        if target.out is None:
            target = Target(passing, False, False)
        if executor is None:
            plan.run(target, manner, show)
        else:
            through(executor, given, words, plan, target, manner, show)
        return table(folder)


def points(
    scenario: Scenario,
    axes: Mapping[str, str | Iterable[Any]] | None = None,
    seeds: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    *,
    design: str | None = None,
    points: int | None = None,
    shard: str = "1/1",
) -> Any:
    """The points that `sweep` would run with these arguments, none of which is run.

    Returns
    -------
    pandas.DataFrame
        ``index``, the axes, ``seed``.

    Raises
    ------
    ScenarioError, InputError
        As there.

    Examples
    --------
    >>> points("theorem4", {"student.theta0": [0.1, 0.2]}, seeds=2)["seed"].tolist()
    [1, 2, 1, 2]
    """
    _, _, plan = _planned(scenario, axes, seeds, overrides, design, points)
    listed = plan.listed(Manner(1, shard, False, None, 1, None, False, None, False))
    indices, values, seeds_of = ([row[place] for row in listed] for place in range(3))
    columns = {"index": np.array(indices, dtype=np.int64)}
    for place, key in enumerate(plan.axes):
        columns[key] = _tables.column([row[place] for row in values], "axis")
    return _tables.frame({**columns, "seed": np.array(seeds_of, dtype=np.int64)})


def _planned(
    scenario: Scenario,
    axes: Mapping[str, str | Iterable[Any]] | None,
    seeds: int | None,
    overrides: Mapping[str, Any] | None,
    design: str | None,
    points: int | None,
) -> tuple[Given, list[str], Any]:
    """A scenario with its changes, axes in words, and the plan that they make."""
    changes = dict(overrides or {})
    if seeds is not None:
        changes["sweep.seeds"] = whole("seeds", seeds)
    if design is not None:
        changes["sweep.design"] = design
    if points is not None:
        changes["sweep.points"] = whole("points", points)
    given, words = Given.of(scenario, changes), [f"{key}={axis(key, values)}" for key, values in (axes or {}).items()]
    return given, words, _luckflow.SweepPlan(given, words)


def axis(key: str, values: str | Iterable[Any]) -> str:
    """An axis in words."""
    if isinstance(values, str):
        return values
    try:
        listed = [inline(value) for value in values]
    except TypeError:
        raise InputError("axes", key, repr(values), "a list of values, log_axis, linear_axis or words") from None
    return "values:" + ",".join(listed)


def table(folder: Path) -> Any:
    """The table of a sweep's folder as a frame, with the rows that wait for their place."""
    declared = json.loads((folder / "columns.json").read_text(encoding="utf-8"))["cells.csv"]
    own = [{"name": name, "kind": kind} for name, kind in OWN.items()]
    cells = (folder / "cells.csv").read_bytes()
    columns = _tables.read(cells + _waiting(folder, cells), [*own, *declared])
    columns.pop("digest", None)
    return _tables.frame(columns)


def _waiting(folder: Path, cells: bytes) -> bytes:
    """The rows beyond the first point that is missing, in their order: those of sweeps that run, or were refined."""
    try:
        lines = (folder / "pending.csv").read_bytes().splitlines(keepends=True)[1:]
    except FileNotFoundError:
        return b""
    index = lambda line: int(line.split(b",", 1)[0])
    end = cells.rfind(b"\n", 0, len(cells) - 1)
    last = -1 if end < 0 else index(cells[end + 1 :])
    whole = {index(line): line for line in lines if line.endswith(b"\n")}
    return b"".join(whole[place] for place in sorted(whole) if place > last)


def counts(frame: Any) -> dict[str, dict[str, int]]:
    """How many points of a sweep have each verdict, by claim."""
    ending = "_verdict"
    claims = [name for name in frame.columns if name.endswith(ending)]
    found = {}
    for name in claims:
        verdicts, numbers = np.unique(frame[name].astype(str), return_counts=True)
        found[name.removesuffix(ending)] = {v: int(n) for v, n in zip(verdicts, numbers) if v}
    return {claim: numbers for claim, numbers in found.items() if numbers}
