"""Executors of others: each gives the table that threads of this process give, byte by byte."""

import multiprocessing
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SMALL

import luckflow as lf

AXIS = lf.log_axis(0.01, 1, 30)
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    """The table of threads."""
    out = tmp_path_factory.mktemp("threads") / "out"
    lf.sweep(SMALL, {"student.theta0": AXIS}, out=out)
    return (out / "cells.csv").read_bytes()


def swept(executor, out):
    frame = lf.sweep(SMALL, {"student.theta0": AXIS}, out=out, executor=executor)
    assert len(frame) == 30 and list(frame["index"]) == list(range(30))
    return (out / "cells.csv").read_bytes()


def test_a_pool_of_multiprocessing(wanted, tmp_path):
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        assert swept(pool, tmp_path / "out") == wanted


@pytest.mark.parametrize("ranks", [2, 4])
def test_ranks_of_mpi(wanted, tmp_path, ranks):
    pytest.importorskip("mpi4py", reason="mpi4py is not installed: no sweep over ranks of MPI")
    mpirun = shutil.which("mpirun")
    if mpirun is None:
        pytest.skip("mpirun is not installed: no sweep over ranks of MPI")
    options = ["--oversubscribe", "-n", str(ranks)]
    if os.geteuid() == 0:
        options.append("--allow-run-as-root")
    command = [mpirun, *options, sys.executable, "-m", "mpi4py.futures", HERE / "mpi_sweep.py", tmp_path / "out", AXIS]
    # One rank gives out the points, and the others are its workers.
    found = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert found.returncode == 0, found.stdout + found.stderr
    assert f"{ranks - 1} workers" in found.stdout
    assert (tmp_path / "out" / "cells.csv").read_bytes() == wanted


def test_actors_of_ray(wanted, tmp_path, monkeypatch):
    monkeypatch.setenv("RAY_USAGE_STATS_ENABLED", "0")
    ray = pytest.importorskip("ray", reason="Ray is not installed: no sweep on its actors")
    from ray.util.multiprocessing import Pool

    ray.init(num_cpus=2, include_dashboard=False, logging_level="error")
    try:
        with Pool(2) as pool:
            assert swept(pool, tmp_path / "out") == wanted
    finally:
        ray.shutdown()


def test_jobs_of_submitit(wanted, tmp_path):
    submitit = pytest.importorskip("submitit", reason="submitit is not installed: no sweep by its jobs")
    # The same as for Slurm, but that jobs are processes of this machine.
    executor = submitit.AutoExecutor(tmp_path / "jobs", cluster="local")
    executor.update_parameters(timeout_min=2)
    assert swept(executor, tmp_path / "out") == wanted
