"""Sweeps: on threads, in processes, with workers that die; always the table of the command line."""

import os
import subprocess
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from test_run import PROGRAM, ROOT, SCENARIOS

import luckflow as lf
from luckflow import _pool

AXES = {"student.theta0": [0.02, 0.2, 1.0], "teacher.threshold": lf.linear_axis(0.5, 2.5, 3)}


@pytest.fixture(scope="module")
def small_sweep():
    """Nine points of two seeds each."""
    return {
        "experiment": "theorem4",
        "teacher": {"input_dim": 6, "nodes": 3, "threshold": 2.0},
        "student": {"theta0": 0.05},
        "integrate": {"horizon": 50.0, "outputs": 10},
    }


@pytest.fixture(scope="module")
def table(small_sweep, tmp_path_factory):
    """The table as threads of one process make it."""
    out = tmp_path_factory.mktemp("threads") / "out"
    lf.sweep(small_sweep, AXES, seeds=2, out=out)
    return (out / "cells.csv").read_bytes()


def test_a_frame_has_a_row_for_each_point(small_sweep):
    frame = lf.sweep(small_sweep, AXES, seeds=2)
    assert len(frame) == 18 and list(frame["index"]) == list(range(18))
    assert sorted(set(frame["teacher.threshold"])) == [0.5, 1.5, 2.5]
    for _, row in frame.iloc[::7].iterrows():
        one = lf.run(small_sweep, {"seed": row["seed"], **{key: row[key] for key in AXES}})
        assert one.verdicts["sharp"] == row["sharp_verdict"]
        assert one.summary["rates"]["sharp"]["value"] == row["sharp"]
    counted = lf.counts(frame)
    assert sum(counted["printed"].values()) == 18


@pytest.mark.skipif(not PROGRAM.exists(), reason="the program is not built")
@pytest.mark.parametrize("name", ["sweep-one-axis", "sweep-theorem4", "sweep-theorem5"])
def test_a_folder_has_the_bytes_of_the_command_line(name, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    scenario = SCENARIOS / f"{name}.toml"
    subprocess.run([PROGRAM, "sweep", scenario, "--out", tmp_path / "theirs", "--quiet"], check=True)
    frame = lf.sweep(scenario, out=tmp_path / "ours")
    # A page is the command line's alone.
    (tmp_path / "theirs" / "report.html").unlink()
    files = lambda folder: {  # noqa: E731
        path.relative_to(tmp_path / folder).as_posix() for path in (tmp_path / folder).rglob("*") if path.is_file()
    }
    assert files("theirs") == files("ours")
    for file in files("ours") - {"scenario.toml", "seconds.csv", "sweep.json", ".luckflow.lock", ".luckflow.json"}:
        assert (tmp_path / "ours" / file).read_bytes() == (tmp_path / "theirs" / file).read_bytes(), file
    loaded = lf.load(tmp_path / "theirs")
    assert loaded.equals(frame)


@pytest.mark.parametrize("kind", ["number", "processes", "threads"])
def test_every_executor_makes_the_same_table(kind, small_sweep, table, tmp_path):
    told = []
    show = lambda fraction, of: told.append((fraction, of))  # noqa: E731
    options = dict(seeds=2, out=tmp_path / "out", progress=show)
    if kind == "number":
        lf.sweep(small_sweep, AXES, executor=2, **options)
    else:
        make = (
            (lambda: ProcessPoolExecutor(2, get_context("spawn")))
            if kind == "processes"
            else (lambda: ThreadPoolExecutor(2))
        )
        with make() as executor:
            lf.sweep(small_sweep, AXES, executor=executor, **options)
    assert (tmp_path / "out" / "cells.csv").read_bytes() == table
    assert told[-1][0] == 1.0 and told[-1][1].startswith("18 of 18 points")


class Later:
    """A future as Dask and others have it: it is asked, and calls nobody."""

    def __init__(self, work):
        self.work, self.asked = work, 0

    def done(self):
        self.asked += 1
        return self.asked > 1

    def result(self):
        return self.work()

    def cancel(self):
        return False


class Plain:
    """An executor that has nothing but submit."""

    def submit(self, function, *arguments):
        return Later(lambda: function(*arguments))


def test_submit_is_enough(small_sweep, table, tmp_path):
    lf.sweep(small_sweep, AXES, seeds=2, out=tmp_path / "out", executor=Plain())
    assert (tmp_path / "out" / "cells.csv").read_bytes() == table


def deadly(marker, function, given, axes, indices):
    """A worker that point 5 kills: once, if there is a marker to be made, else each time."""
    if 5 in indices and not (marker and os.path.exists(marker)):
        if marker:
            open(marker, "x").close()
        os._exit(1)
    return function(given, axes, indices)


class Deadly(ProcessPoolExecutor):
    """Processes of that kind."""

    marker = None

    def submit(self, function, *arguments):
        return super().submit(deadly, self.marker, function, *arguments)


@pytest.mark.parametrize("once", [True, False])
def test_a_worker_that_dies_costs_its_points_only(once, small_sweep, table, tmp_path, monkeypatch):
    def processes(count):
        def make():
            executor = Deadly(count, get_context("spawn"))
            executor.marker = str(tmp_path / "marker") if once else None
            return executor

        return make

    monkeypatch.setattr(_pool, "_processes", processes)
    frame = lf.sweep(small_sweep, AXES, seeds=2, out=tmp_path / "out", executor=2)
    lines, wanted = (tmp_path / "out" / "cells.csv").read_bytes().splitlines(), table.splitlines()
    different = [index for index, pair in enumerate(zip(lines, wanted)) if pair[0] != pair[1]]
    assert len(lines) == len(wanted) and different == ([] if once else [6])
    assert once or "its worker failed" in frame["error"][5]


class Stops(Exception):
    """Raised in the middle of a sweep."""


@pytest.mark.parametrize("executor", [None, Plain()])
def test_a_sweep_that_was_broken_off_goes_on(executor, small_sweep, table, tmp_path):
    def stop(fraction, of):
        raise Stops

    with pytest.raises(Stops):
        lf.sweep(small_sweep, AXES, seeds=2, out=tmp_path / "out", progress=stop, executor=executor)
    with pytest.raises(FileExistsError, match="resume=True"):
        lf.sweep(small_sweep, AXES, seeds=2, out=tmp_path / "out")
    lf.sweep(small_sweep, AXES, seeds=2, out=tmp_path / "out", resume=True, executor=executor)
    assert (tmp_path / "out" / "cells.csv").read_bytes() == table
    more = {**AXES, "teacher.threshold": lf.linear_axis(0.5, 2.5, 5)}
    lf.sweep(small_sweep, more, seeds=2, out=tmp_path / "out", resume=True, executor=executor)
    assert len(lf.load(tmp_path / "out")) == 30


def test_points_that_make_no_sense_have_an_error(small_sweep):
    axes = {"teacher.nodes": [2, 3], "teacher.input_dim": [6, 2]}
    for executor in (None, Plain()):
        frame = lf.sweep(small_sweep, axes, executor=executor)
        assert [bool(error) for error in frame["error"]] == [False, False, False, True]
        assert np.isnan(frame["sharp"][3])


@pytest.mark.parametrize(
    ("given", "axes", "options", "key", "found"),
    [
        ("theorem4", {}, {}, "sweep", "nothing"),
        ("theorem4", {"student.theta0": []}, {}, "student.theta0", "values:"),
        ("theorem4", {"student.theta0": "log:1"}, {}, "student.theta0", "log:1"),
        ("theorem4", {"student.theta0": 3}, {}, "student.theta0", "3"),
        ("theorem4", {"student.theta0": [0.1, 9.0]}, {}, "student.theta0", "9"),
        ("theorem4", {"student.theta0": [0.1]}, {"executor": 0}, "executor", "0"),
        ("theorem4", {"student.theta0": [0.1]}, {"executor": "dask"}, "executor", "dask"),
        ("theorem4", {"student.theta0": [0.1]}, {"seeds": -1}, "seeds", "-1"),
        ("theorem4", {"student.theta0": [0.1]}, {"resume": True}, "out", "none"),
    ],
)
def test_mistakes_are_found_before_anything_runs(given, axes, options, key, found):
    with pytest.raises(lf.InputError) as caught:
        lf.sweep(given, axes, **options)
    assert key in caught.value.key and found in caught.value.found, str(caught.value)


def test_two_results_are_compared(small_sweep):
    a, b, c = (lf.run(small_sweep, {"student.theta0": theta0}) for theta0 in (0.05, 0.05, 0.5))
    assert lf.compare(a, b).same and "The same" in lf.compare(a, b)._repr_html_()
    different = lf.compare(a, c)
    assert different.scenario == {"student.theta0": (0.05, 0.5)}
    assert not different.same and "printed_d0" in different.verdicts
    assert different.numbers["assumption.theta0"] == (0.05, 0.5)
    assert different.arrays["theta_1"] == np.max(np.abs(a.arrays["theta_1"] - c.arrays["theta_1"]))
    assert "theta_1" in different._repr_html_()
