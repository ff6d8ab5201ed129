"""Dask as an executor, one of whose workers is killed in the middle."""

import os
import signal

import pytest
from conftest import SMALL

import luckflow as lf

distributed = pytest.importorskip("distributed")

AXES = {"student.theta0": lf.log_axis(0.01, 1, 20), "teacher.threshold": lf.linear_axis(0.5, 2.5, 10)}


def test_a_sweep_on_dask_survives_a_worker(tmp_path):
    lf.sweep(SMALL, AXES, out=tmp_path / "here")
    killed = []

    def kill_one(fraction, of):
        if not killed and fraction > 0.1:
            killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    options = dict(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50)
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        lf.sweep(SMALL, AXES, out=tmp_path / "there", executor=client, progress=kill_one)
    assert killed
    assert (tmp_path / "here" / "cells.csv").read_bytes() == (tmp_path / "there" / "cells.csv").read_bytes()
