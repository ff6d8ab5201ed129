"""What lies in folders: sweeps joined, watched, searched; results drawn again, and shown as a page."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from . import _luckflow, _tables
from ._errors import InputError
from ._result import Result
from ._run import Target
from ._scenario import Given, inline

Folder = str | os.PathLike
Folders = Folder | Iterable[Folder]

#: What may be asked of a width on paper, in millimetres.
WIDTHS = (60.0, 400.0)


def listed(folders: Folders) -> list[str]:
    """One folder, or several."""
    some = [folders] if isinstance(folders, (str, os.PathLike)) else list(folders)
    if not some:
        raise InputError("", "folders", "none", "one or more")
    return [os.fspath(folder) for folder in some]


def merge(
    folders: Folders,
    out: Folder,
    *,
    force: bool = False,
    partial: bool = False,
    columns: Iterable[str] | None = None,
    long: bool = False,
) -> Any:
    """Joins the shards of a sweep: the same bytes as if it had never been divided.

    Parameters
    ----------
    folders : list of paths
        Those of all shards.
    out : path
        The folder of the whole; it must be new or empty.
    force : bool
        Replace earlier results there.
    partial : bool
        Take what there is of shards that are running, were broken off or are lost; ``sweep(…, out=out, resume=True)``
        runs the points that are missing.
    columns, long
        As for `sweep`.

    Returns
    -------
    pandas.DataFrame
        As `sweep` gives it.

    Raises
    ------
    InputError
        Shards of different sweeps, some that are missing, incomplete or there twice.
    FileExistsError, OSError
        A folder with other results; one that cannot be written to.
    """
    from ._sweep import table

    _tables.pandas()  # before the work
    chosen = None if columns is None else [str(name) for name in columns]
    _luckflow.merge(listed(folders), os.fspath(out), bool(force), bool(partial), (chosen, bool(long)))
    return table(Path(out))


def status(folders: Folders) -> Any:
    """How far sweeps are, seen from beside them: nothing is locked, nothing is written.

    Parameters
    ----------
    folders : path or list of paths
        Of sweeps or of their shards.

    Returns
    -------
    pandas.DataFrame
        A row for each folder: ``folder``, ``sweep``, ``shard`` of ``shards``, ``done`` of ``points``, ``failed``,
        ``violated``, ``state`` (``"running"``, ``"complete"`` or ``"stopped"``), ``seconds_left`` on one core.

    Raises
    ------
    FileNotFoundError
        A folder without a sweep.
    """
    return _tables.pandas().DataFrame(_luckflow.status(listed(folders)))


def find(folders: Folders, where: str | Iterable[str]) -> Any:
    """Runs, and rows of sweeps, below folders, by their keys and results.

    Parameters
    ----------
    folders : path or list of paths
        Of runs or of sweeps, or folders above such.
    where : str or list of str
        What is to hold: ``"sharp_verdict = violated and student.theta0 > 0.1"``. Names are keys of scenarios, columns
        of sweeps, or places in ``summary.json``; relations ``=``, ``!=``, ``<``, ``<=``, ``>``, ``>=``.

    Returns
    -------
    pandas.DataFrame
        ``folder``; of a sweep's row its index, ``row``; then what was asked for, of rows with axes and seed. `run_row`
        runs one alone.

    Raises
    ------
    InputError
        A condition that is none, a name that nothing there has.
    OSError
        A folder without results; one that cannot be read.
    """
    pandas = _tables.pandas()
    found = _luckflow.find(listed(folders), [where] if isinstance(where, str) else list(where))
    names = list(dict.fromkeys(name for _, _, values, _ in found for name, _ in values))
    columns: dict[str, Any] = {
        "folder": [os.fspath(folder) for folder, *_ in found],
        "row": pandas.array([row for _, row, *_ in found], dtype="Int64"),
    }
    each = [dict(values) for _, _, values, _ in found]
    for name in names:
        columns[name] = _tables.column([one.get(name, "") for one in each], "axis")
    return pandas.DataFrame(columns)


def run_row(
    folder: Folder,
    row: int,
    overrides: Mapping[str, Any] | None = None,
    out: Folder | None = None,
    *,
    force: bool = False,
) -> Result:
    """Runs a row of a sweep alone, with all its figures.

    Parameters
    ----------
    folder : path
        Of the sweep.
    row : int
        The row's ``index``.
    overrides : mapping, optional
        Other values of keys, as for `run`.
    out, force
        As for `run`.

    Raises
    ------
    KeyError
        A row that is not there.
    """
    found = _luckflow.find([os.fspath(folder)], [f"index = {int(row)}"])
    if not found:
        raise KeyError(f"{os.fspath(folder)}: found no row {row}; allowed: the index of a row that is there")
    alone = found[0][3]
    assert alone, "a row has what runs it alone"
    scenario, settings = alone
    changes = [f"{key}={inline(value)}" for key, value in (overrides or {}).items()]
    given, target = Given(os.fspath(scenario), None, [*settings, *changes]), Target.of(out, force, False)
    return Result(_luckflow.run(given, target, False, None))


def draw(
    folder: Folder,
    *,
    width: float | None = None,
    style: str = "paper",
    columns: Iterable[str] | None = None,
    long: bool = False,
) -> list[Path]:
    """Draws the figures of a run or a sweep again, from their data alone, as SVG; of a sweep also ``aggregate.csv``.

    Parameters
    ----------
    folder : path
        Of a run or of a sweep, whole or not.
    width : float, optional
        Millimetres on paper, as in 85 for a column and 180 for a page; for screens unless it is said.
    style : str
        ``"paper"`` or ``"dark"``.
    columns, long
        As for `sweep`.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    InputError
        A width or a style that is none, a column that the sweep has not.
    OSError
        A folder without results; one that cannot be written to.
    """
    if style not in ("paper", "dark"):
        raise InputError("", "style", repr(style), '"paper" or "dark"')
    if width is not None and not WIDTHS[0] <= width <= WIDTHS[1]:
        raise InputError("", "width", str(width), f"millimetres from {WIDTHS[0]:g} to {WIDTHS[1]:g}")
    place = Path(folder)
    if not any((place / name).is_file() for name in ("cells.csv", "figures.json")):
        raise FileNotFoundError(
            f"{place}: found neither figures.json nor cells.csv; allowed: the folder of a run or sweep"
        )
    chosen = None if columns is None else [str(name) for name in columns]
    written = _luckflow.draw(os.fspath(folder), width, style == "dark", (chosen, bool(long)))
    return [Path(path) for path in written]


def report(folders: Folders, out: Folder | None = None, *, force: bool = False) -> Path:
    """Writes one page about one or several result folders: verdicts, figures, tables, a sweep's cells.

    Parameters
    ----------
    folders : path or list of paths
        Of runs or of sweeps; several stand side by side.
    out : path, optional
        The page; ``report.html`` in the folder, of several folders here, unless it is said.
    force : bool
        Replace a file of that name.

    Returns
    -------
    Path
        The page, one file without a network.

    Raises
    ------
    FileNotFoundError, FileExistsError, OSError
        A folder without results; a page that is there; what cannot be read or written.
    """
    some = listed(folders)
    if len(some) == 1 and out is None:
        return Path(_luckflow.report(some[0]))
    path = Path("report.html" if out is None else out)
    page = _luckflow.report_page(some)
    with open(path, "w" if force else "x", encoding="utf-8", newline="") as file:
        file.write(page)
    return path
