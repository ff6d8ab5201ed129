"""Cells of Theorem 4 by luckflow, one job, beside the same cells by JAX: diffrax' Dopri8 over all of them by vmap, one thread.

    python3 -m venv /tmp/jax && /tmp/jax/bin/pip install jax diffrax
    cargo build --release && /tmp/jax/bin/python benches/vmap.py [--cells 200] [--rounds 3]

b = 0, five orthonormal teacher nodes, students at 0.3, to t = 230 with rtol 1e-12; both in the ten coordinates that matter.
"""

import argparse
import os
import statistics
import subprocess
import tempfile
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ.pop("OPENBLAS_CORETYPE", None)
os.environ.pop("OPENBLAS_L2_SIZE", None)
# One processor for all that is measured.
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import diffrax
import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

NODES, COORDINATES, ANGLE, HORIZON, RTOL, ATOL = 5, 10, 0.3, 230.0, 1e-12, 1e-14
TEACHER = jnp.eye(COORDINATES)[:NODES]

parser = argparse.ArgumentParser()
parser.add_argument("--cells", type=int, default=200)
parser.add_argument("--rounds", type=int, default=3)
options = parser.parse_args()


def gates(u, v):
    """D at b = 0, by half chords."""
    minus = jnp.sqrt(jnp.sum((u[:, None] - v[None]) ** 2, -1))
    plus = jnp.sqrt(jnp.sum((u[:, None] + v[None]) ** 2, -1))
    return (jnp.pi - 2 * jnp.arctan2(minus, plus)) / (2 * jnp.pi)


def velocity(_time, weights, _arguments):
    """W a node per row: P⊥ (H* W* − H W)."""
    norms = jnp.linalg.norm(weights, axis=1, keepdims=True)
    nodes = weights / norms
    force = gates(nodes, TEACHER) @ TEACHER - gates(nodes, nodes) @ nodes
    along = jnp.sum(force * nodes, 1, keepdims=True)
    return norms * (force - along * nodes)


def solve(start):
    controller = diffrax.PIDController(rtol=RTOL, atol=ATOL)
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(velocity),
        diffrax.Dopri8(),
        0.0,
        HORIZON,
        None,
        start,
        saveat=diffrax.SaveAt(t1=True),
        stepsize_controller=controller,
        max_steps=4096,
    )
    return solution.ys[0], solution.stats["num_accepted_steps"]


def starts(cells):
    """Students at the angle to their teachers, in random directions."""
    random = np.random.default_rng(1)
    away = random.standard_normal((cells, NODES, COORDINATES))
    teacher = np.asarray(TEACHER)
    away -= np.sum(away * teacher, -1, keepdims=True) * teacher
    away /= np.linalg.norm(away, axis=-1, keepdims=True)
    return jnp.asarray(np.cos(ANGLE) * teacher + np.sin(ANGLE) * away)


SCENARIO = f"""experiment = "theorem4"
seed = 1
[teacher]
input_dim = 30
nodes = {NODES}
threshold = 0.0
[student]
theta0 = {ANGLE}
[integrate]
horizon = {HORIZON}
rtol = {RTOL}
atol = {ATOL}
[sweep]
seeds = CELLS
"""


def luckflow(cells):
    """Seconds that a sweep of so many cells takes, its start and figures included, and the median of its runs' steps."""
    with tempfile.TemporaryDirectory() as place:
        with open(f"{place}/cells.toml", "w") as file:
            file.write(SCENARIO.replace("CELLS", str(cells)))
        command = ["target/release/luckflow", "sweep", f"{place}/cells.toml", "--jobs", "1", "--out", f"{place}/out", "--quiet"]
        begin = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.perf_counter() - begin
        with open(f"{place}/out/cells.csv") as file:
            names, *rows = [line.rstrip("\n").split(",") for line in file]
        return seconds, statistics.median(int(row[names.index("steps")]) for row in rows)


begins = starts(options.cells)
by_vmap = jax.jit(jax.vmap(solve))
jax.block_until_ready(by_vmap(begins))  # compiled
for round in range(options.rounds):
    begin = time.perf_counter()
    ends, steps = jax.block_until_ready(by_vmap(begins))
    theirs = (time.perf_counter() - begin) / options.cells
    few, _ = luckflow(100)
    many, own_steps = luckflow(100 + 5 * options.cells)
    ours = (many - few) / (5 * options.cells)
    error = float(jnp.max(jnp.abs(ends - TEACHER)))
    print(
        f"a cell by vmap {1e3 * theirs:.2f} ms ({int(jnp.median(steps))} steps, to {error:.0e} of the teacher),"
        f" by luckflow {1e3 * ours:.3f} ms ({own_steps:.0f} steps): {theirs / ours:.1f} times",
        flush=True,
    )
