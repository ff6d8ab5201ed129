"""A scenario at many points, on threads of this process or through an executor."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
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


def log_axis(first: float, last: float, points: int) -> str:
    """An axis of values with equal ratios, ends included, for `sweep`."""
    return f"log:{inline(first)}:{inline(last)}:{whole('points', points)}"


def linear_axis(first: float, last: float, points: int) -> str:
    """An axis of values with equal differences, ends included, for `sweep`."""
    return f"linear:{inline(first)}:{inline(last)}:{whole('points', points)}"


def sweep(
    scenario: Scenario,
    axes: Mapping[str, str | Iterable[Any]] | None = None,
    seeds: int | None = None,
    overrides: Mapping[str, Any] | None = None,
    out: str | os.PathLike | None = None,
    *,
    executor: Any = None,
    force: bool = False,
    resume: bool = False,
    progress: bool | Callable[[float, str], Any] = False,
) -> Any:
    """Runs a scenario at all combinations of values: a row each, in the order and with the bytes of the command line.

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
    executor : int or executor, optional
        So many processes; or anything with ``submit`` (`concurrent.futures`, Dask's client, mpi4py's
        ``MPIPoolExecutor``, submitit's executors) or ``apply_async`` (pools of `multiprocessing` and of Ray). Points go
        out in batches of about half a second. Without it threads of this process run them, one for each core.
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
        A mistake in the scenario or in an axis, before anything is run.
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
    changes = dict(overrides or {})
    if seeds is not None:
        changes["sweep.seeds"] = whole("seeds", seeds)
    given, words = Given.of(scenario, changes), [f"{key}={axis(key, values)}" for key, values in (axes or {}).items()]
    target, plan = Target.of(out, force, resume), _luckflow.SweepPlan(given, words)
    with tempfile.TemporaryDirectory() as passing, shown(progress) as show:
        folder = Path(passing if target.out is None else target.out)
        if target.out is None:
            target = Target(passing, False, False)
        if executor is None:
            plan.run(target, os.cpu_count() or 1, out is not None, show)
        else:
            through(executor, given, words, plan, target, out is not None, show)
        return table(folder)


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
    """The table of a sweep's folder as a frame."""
    declared = json.loads((folder / "columns.json").read_text(encoding="utf-8"))["cells.csv"]
    own = [{"name": name, "kind": kind} for name, kind in OWN.items()]
    columns = _tables.read((folder / "cells.csv").read_bytes(), [*own, *declared])
    columns.pop("digest", None)
    return _tables.frame(columns)


def counts(frame: Any) -> dict[str, dict[str, int]]:
    """How many points of a sweep have each verdict, by claim."""
    ending = "_verdict"
    claims = [name for name in frame.columns if name.endswith(ending)]
    found = {}
    for name in claims:
        verdicts, numbers = np.unique(frame[name].astype(str), return_counts=True)
        found[name.removesuffix(ending)] = {v: int(n) for v, n in zip(verdicts, numbers) if v}
    return {claim: numbers for claim, numbers in found.items() if numbers}
