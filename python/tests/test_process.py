"""Threads, forks, signals: what an interpreter does around the library."""

import os
import pickle
import shutil
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
from conftest import SMALL, unit_columns

import luckflow as lf

#: Runs for minutes, unless it is stopped.
LONG = {"integrate.horizon": 1e6, "integrate.method": "rk4", "integrate.step": 1e-4, "integrate.max_steps": 1 << 40}

#: Seconds after which Ctrl-C comes late: half a one, and what a busy machine takes.
LATE = 2.0


def large(seed):
    """Overlaps that use all threads."""
    return lf.overlaps(unit_columns(np.random.default_rng(seed), 10, 300), b=0.5).D


def test_threads_do_not_disturb_each_other():
    wanted = [large(seed) for seed in range(8)]
    flow, W = lf.Flow(np.eye(4)), [unit_columns(np.random.default_rng(seed), 4, 2 + seed % 3) for seed in range(40)]
    velocities = [flow.velocity(w)[0] for w in W]
    with ThreadPoolExecutor(8) as pool:
        for found, expected in zip(pool.map(large, range(8)), wanted):
            np.testing.assert_array_equal(found, expected)
        for found, expected in zip(pool.map(lambda w: flow.velocity(w)[0], W), velocities):
            np.testing.assert_array_equal(found, expected)
        verdicts = list(pool.map(lambda _: lf.run(SMALL).verdicts, range(8)))
    assert all(found == verdicts[0] for found in verdicts)


def test_the_interpreter_goes_on_meanwhile():
    counted, stop = 0, threading.Event()

    def count():
        nonlocal counted
        while not stop.is_set():
            counted += 1
            time.sleep(0.001)

    thread = threading.Thread(target=count)
    thread.start()
    begun = time.perf_counter()
    lf.overlaps_mc(np.eye(20), samples=3_000_000)
    took = time.perf_counter() - begun
    stop.set()
    thread.join()
    assert took > 0.1 and counted > 100 * took


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_children_compute_after_their_parent_did(method):
    wanted = large(3)
    with get_context(method).Pool(2) as pool:
        for found in pool.map_async(large, [3, 3, 3]).get(timeout=60):
            np.testing.assert_array_equal(found, wanted)
        assert pool.apply_async(lf.run, (SMALL,)).get(timeout=60).verdicts == lf.run(SMALL).verdicts
    np.testing.assert_array_equal(large(3), wanted)


AXIS = {"student.theta0": lf.log_axis(0.01, 1, 100)}

JOBS = {
    "run": f"lf.run({SMALL!r}, {LONG!r})",
    "simulate": "lf.Flow(np.eye(3)).simulate(np.eye(3) + 0.1, t=1.0, method='rk4', step=1e-9)",
    "samples": "lf.overlaps_mc(np.eye(30), samples=1 << 36)",
    "falsify": "lf.falsify('theorem4', starts=100000, iterations=100000)",
    "sweep": f"lf.sweep({SMALL!r}, {AXIS!r}, overrides={LONG!r})",
    "processes": f"lf.sweep({SMALL!r}, {AXIS!r}, overrides={LONG!r}, executor=2)",
    "training": "lf.run('fc-gaussian')",
}


@pytest.mark.parametrize("job", JOBS)
def test_ctrl_c_is_seen_at_once(job):
    program = f"""
        import time
        import numpy as np, luckflow as lf
        if __name__ == "__main__":
            print("begun", flush=True)
            try:
                {JOBS[job]}
            except KeyboardInterrupt:
                print(f"stopped {{time.time()}}", flush=True)
            print(lf.overlaps(np.eye(100)).D.shape, flush=True)
    """
    child = subprocess.Popen([sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "begun\n"
    time.sleep(2.0 if job == "processes" else 0.7)
    asked = time.time()
    child.send_signal(signal.SIGINT)
    rest = child.communicate(timeout=30)[0].splitlines()
    stopped, at = rest[0].split()
    assert stopped == "stopped" and float(at) - asked < LATE, rest
    assert rest[1] == "(100, 100)"
    assert child.returncode == 0


#: What computes on while the interpreter ends: what nobody asks to stop, and what is asked.
LEFT = {
    "deaf": "lf.overlaps(np.random.default_rng(0).normal(size=(1000, 1500)), b=0.5)",
    "samples": JOBS["samples"],
    "training": JOBS["training"],
}


@pytest.fixture(scope="module")
def slow_end(tmp_path_factory):
    """A library whose destructor takes its time after those of what is loaded later: what computes then has no BLAS."""
    compiler = shutil.which("cc")
    if not compiler or not sys.platform.startswith("linux"):
        pytest.skip("the order of destructors is known on Linux, and made by a compiler of C")
    source = tmp_path_factory.mktemp("slow") / "slow.c"
    source.write_text("#include <unistd.h>\n__attribute__((destructor)) static void slow(void) { usleep(200000); }\n")
    library = source.with_suffix(".so")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", library, source], check=True)
    return str(library)


@pytest.mark.parametrize("job", LEFT)
@pytest.mark.parametrize("left", ["interrupted", "daemon"])
def test_the_interpreter_ends_around_computations(job, left, slow_end):
    program = f"""
        import ctypes, signal, sys, threading, time
        ctypes.CDLL({slow_end!r})
        import numpy as np, luckflow as lf
        def work():
            {LEFT[job]}
        if {left == "daemon"}:
            threading.Thread(target=work, daemon=True).start()
            time.sleep(0.4)
        else:
            signal.signal(signal.SIGALRM, signal.default_int_handler)
            signal.setitimer(signal.ITIMER_REAL, 0.4)
            try:
                work()
                sys.exit("it was not stopped")
            except KeyboardInterrupt:
                pass
        print("end", end="")  # kept by C until the end, or by Python
        sys.exit(3)
    """
    for _ in range(3):
        child = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, timeout=60)
        assert (child.returncode, child.stdout, child.stderr) == (3, b"end", b"")


def test_a_run_that_was_stopped_leaves_what_it_had(tmp_path):
    program = f"""
        import luckflow as lf
        print("begun", flush=True)
        lf.run({SMALL!r}, {LONG!r}, out={str(tmp_path / "out")!r})
    """
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(program)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    child.stdout.readline()
    time.sleep(1.0)
    child.send_signal(signal.SIGINT)
    assert "KeyboardInterrupt" in child.communicate(timeout=30)[1]
    assert lf.load(tmp_path / "out").end["kind"] == "interrupted"


def test_everything_that_workers_get_and_give_is_picklable():
    trajectory = lf.Flow(np.eye(2), b=1.0).simulate([[0.9, 0.2], [0.1, 0.8]], t=1.0)
    again = pickle.loads(pickle.dumps(trajectory))
    np.testing.assert_array_equal(again.at(0.5)[0], trajectory.at(0.5)[0])
    certificate = lf.certificate(np.eye(3), np.eye(3), np.eye(3), 1.01 * np.eye(3), 2.5)
    assert pickle.loads(pickle.dumps(certificate)).rate == certificate.rate
    for error in (lf.InputError("", "W", "a", "b"), lf.ScenarioError("s.toml:3", "x", "a", "b")):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error) and str(again) == str(error)


def test_a_small_import_loads_no_large_packages():
    large = ("matplotlib", "pandas", "scipy", "tqdm")
    program = f"import sys, luckflow; print([name for name in {large} if name in sys.modules])"
    environment = {**os.environ, "PYTHONSTARTUP": ""}
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True, env=environment)
    assert found.stdout == "[]\n"
