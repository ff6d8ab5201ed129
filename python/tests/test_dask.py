"""Dask as an executor, one of whose workers is killed in the middle: on this host, and on hosts of their own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import SMALL

import luckflow as lf

distributed = pytest.importorskip("distributed")

AXES = {"student.theta0": lf.log_axis(0.01, 1, 20), "teacher.threshold": lf.linear_axis(0.5, 2.5, 10)}
HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def wanted(tmp_path_factory):
    """The table of threads of this process."""
    out = tmp_path_factory.mktemp("threads") / "out"
    lf.sweep(SMALL, AXES, out=out)
    return (out / "cells.csv").read_bytes()


def test_a_sweep_on_dask_survives_a_worker(wanted, tmp_path):
    killed = []

    def kill_one(fraction, of):
        if not killed and fraction > 0.1:
            killed.append(next(iter(client.run(os.getpid).values())))
            os.kill(killed[0], signal.SIGKILL)

    options = dict(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50)
    with distributed.LocalCluster(**options) as cluster, distributed.Client(cluster) as client:
        lf.sweep(SMALL, AXES, out=tmp_path / "out", executor=client, progress=kill_one)
    assert killed
    assert (tmp_path / "out" / "cells.csv").read_bytes() == wanted


class Hosts:
    """Network namespaces: one in the middle, wired to each of the others; they share all but the network."""

    def __init__(self, count):
        self.middle = f"luckflow-{os.getpid()}"
        self.others = [f"{self.middle}-{number}" for number in range(1, count + 1)]

    def begin(self):
        for name in [self.middle, *self.others]:
            self.ip("netns", "add", name)
            self.ip("-n", name, "link", "set", "lo", "up")
        for number, name in enumerate(self.others, 1):
            near, far = f"lf{number}", "lf0"
            peer = ["peer", "name", far, "netns", name]
            self.ip("-n", self.middle, "link", "add", near, "type", "veth", *peer)
            for place, wire, end in [(self.middle, near, 1), (name, far, 2)]:
                self.ip("-n", place, "address", "add", f"10.77.{number}.{end}/24", "dev", wire)
                self.ip("-n", place, "link", "set", wire, "up")

    def end(self):
        for name in [self.middle, *self.others]:
            subprocess.run(["ip", "netns", "delete", name], capture_output=True)

    def ip(self, *words):
        subprocess.run(["ip", *words], check=True, capture_output=True, text=True)

    def spawn(self, name, *words):
        return subprocess.Popen(self.command(name, *words), stderr=subprocess.DEVNULL)

    def command(self, name, *words):
        return ["ip", "netns", "exec", name, sys.executable, *words]


@pytest.fixture
def hosts():
    if shutil.which("ip") is None or os.geteuid() != 0:
        pytest.skip("no hosts of their own: they need iproute2 and root")
    hosts = Hosts(2)
    try:
        hosts.begin()
        yield hosts
    except subprocess.CalledProcessError as refused:
        pytest.skip(f"no hosts of their own: {refused.stderr}")
    finally:
        hosts.end()


def test_a_sweep_over_hosts_survives_one_of_them(hosts, wanted, tmp_path):
    cli = ["-m", "distributed.cli.dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard"]
    scheduler = ["-m", "distributed.cli.dask_scheduler", "--host", "0.0.0.0", "--port", "8786", "--no-dashboard"]
    running = [hosts.spawn(hosts.middle, *scheduler)]
    try:
        for number, name in enumerate(hosts.others, 1):
            own = ["--host", f"10.77.{number}.2", "--local-directory", tmp_path / name]
            running.append(hosts.spawn(name, *cli, *own, f"tcp://10.77.{number}.1:8786"))
        script = [HERE / "dask_hosts.py", "tcp://127.0.0.1:8786", tmp_path / "out", str(len(hosts.others))]
        command = hosts.command(hosts.middle, *script)
        with_tests = {**os.environ, "PYTHONPATH": str(HERE)}
        found = subprocess.run(command, capture_output=True, text=True, timeout=120, env=with_tests)
        assert found.returncode == 0, found.stdout + found.stderr
        seen = json.loads(found.stdout.splitlines()[-1])
        assert seen == {"hosts": ["10.77.1.2", "10.77.2.2"], "killed": 1, "left": 1}
        assert (tmp_path / "out" / "cells.csv").read_bytes() == wanted
    finally:
        for process in running:
            process.kill()
            process.wait()
