"""One evaluation of the flow at b = 0, W and V running, beside the same by JAX, compiled, in turn on one processor.

    python3 -m venv /tmp/jax && /tmp/jax/bin/pip install jax
    /tmp/jax/bin/python benches/evaluation_jax.py [--rounds 5]

JAX evaluates a thousand times within one compiled loop, so that nothing is called from Python meanwhile; angles come from
cosines, which is its fastest way (luckflow takes chords where cosines do not tell angles well).
"""

import argparse
import os
import re
import statistics
import subprocess
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ.pop("OPENBLAS_CORETYPE", None)
os.environ.pop("OPENBLAS_L2_SIZE", None)
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

SIZES = [(10, 5, 5, 5), (20, 10, 20, 10), (100, 20, 100, 20), (400, 100, 400, 100)]
UNITS = {"ns": 1e-3, "µs": 1.0, "ms": 1e3, "s": 1e6}

parser = argparse.ArgumentParser()
parser.add_argument("--rounds", type=int, default=5)
options = parser.parse_args()


def overlaps(u, v):
    """D and L of unit nodes, one per row."""
    rho = jnp.clip(u @ v.T, -1, 1)
    rest = jnp.pi - jnp.arccos(rho)
    return rest / (2 * jnp.pi), (jnp.sqrt(1 - rho * rho) + rest * rho) / (2 * jnp.pi)


def velocity(teacher, w, v):
    """dW/dt = P⊥ (H* W* − H W), a node per row, and dV/dt = L* V* − L V."""
    w_star, v_star = teacher
    norms = jnp.linalg.norm(w, axis=1, keepdims=True)
    nodes = w / norms
    (d, l), (d_star, l_star) = overlaps(nodes, nodes), overlaps(nodes, w_star)
    force = (d_star * (v @ v_star.T)) @ w_star - (d * (v @ v.T)) @ nodes
    along = jnp.sum(force * nodes, 1, keepdims=True)
    return norms * (force - along * nodes), l_star @ v_star - l @ v


def network(d, m, n, c):
    random = np.random.default_rng(1)
    units = lambda count: (lambda w: w / np.linalg.norm(w, axis=1, keepdims=True))(random.standard_normal((count, d)))
    return (units(m), random.standard_normal((m, c))), units(n), random.standard_normal((n, c))


def by_jax(size):
    """A function that gives the microseconds of one evaluation."""
    teacher, w, v = jax.tree.map(jnp.asarray, network(*size))
    # The teacher rests where it is.
    assert max(float(jnp.max(jnp.abs(part))) for part in velocity(teacher, *teacher)) < 1e-7
    times = max(20, 1_000_000 // (size[2] * size[2] + 1000))

    def step(_, state):
        return jax.tree.map(lambda y, dy: y + 1e-9 * dy, state, velocity(teacher, *state))

    run = jax.jit(lambda w, v: jax.lax.fori_loop(0, times, step, (w, v)))
    jax.block_until_ready(run(w, v))  # compiled

    def measure():
        begin = time.perf_counter()
        jax.block_until_ready(run(w, v))
        return 1e6 * (time.perf_counter() - begin) / times

    return measure


def by_luckflow(size):
    name = f"exact, b = 0, one thread/\\[{', '.join(map(str, size))}\\]"
    command = ["cargo", "bench", "--bench", "flow", "--", "--quick", name]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    middle, unit = re.search(r"time:\s+\[\S+ \S+ (\S+) (\S+)", output).groups()
    return float(middle) * UNITS[unit]


print(f"jax {jax.__version__}, one thread, an evaluation in µs, medians of {options.rounds} rounds")
subprocess.run(["cargo", "bench", "--bench", "flow", "--no-run"], check=True)
for size in SIZES:
    measure = by_jax(size)
    pairs = [(by_luckflow(size), statistics.median(measure() for _ in range(7))) for _ in range(options.rounds)]
    ours, theirs = (statistics.median(times) for times in zip(*pairs))
    ratios = sorted(b / a for a, b in pairs)
    print(
        f"(d, m, n, C) = {size}: luckflow {ours:.2f}, jax {theirs:.2f},"
        f" {statistics.median(ratios):.2f} times ({ratios[0]:.2f} to {ratios[-1]:.2f})",
        flush=True,
    )
