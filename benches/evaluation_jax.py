"""One evaluation of the flow at b = 0, W and V running, beside the same by JAX, compiled, in turn on one processor.

    python3 -m venv /tmp/jax && /tmp/jax/bin/pip install jax
    /tmp/jax/bin/python benches/evaluation_jax.py [--rounds 5]

JAX evaluates up to a thousand times within one compiled loop, so that nothing is called from Python meanwhile. Angles come
from cosines (luckflow takes chords where cosines do not tell angles well), by jnp.arccos, and once more by a polynomial as
luckflow has it, which takes a fraction of the time.
"""

import argparse
import os
import statistics
import time

os.environ["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
os.environ.pop("OPENBLAS_CORETYPE", None)
os.environ.pop("OPENBLAS_L2_SIZE", None)
os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})

import criterion_time
import jax
import jax.numpy as jnp
import numpy as np

jax.config.update("jax_enable_x64", True)

SIZES = [(10, 5, 5, 5), (20, 10, 20, 10), (100, 20, 100, 20), (400, 100, 400, 100)]

parser = argparse.ArgumentParser()
parser.add_argument("--rounds", type=int, default=5)
options = parser.parse_args()


# asin(x)/x in x² ≤ ¼ to twelve digits, as many terms as luckflow's polynomial has: fitted at Chebyshev's points.
CHEBYSHEV = 0.125 * (1 + np.cos(np.pi * (np.arange(40) + 0.5) / 40))
ARCSINE = np.polynomial.Polynomial.fit(CHEBYSHEV, np.arcsin(np.sqrt(CHEBYSHEV)) / np.sqrt(CHEBYSHEV), 12).convert().coef


def by_polynomial(rho):
    """arccos from the smaller one of |ρ| and the sine of half the angle to ±1."""
    x = jnp.where(jnp.abs(rho) < 0.5, jnp.abs(rho), jnp.sqrt(0.5 * (1 - jnp.abs(rho))))
    series = 0.0
    for coefficient in ARCSINE[::-1]:
        series = series * x * x + coefficient
    arcsine = jnp.where(jnp.abs(rho) < 0.5, x * series, jnp.pi / 2 - 2 * x * series)
    return jnp.pi / 2 - jnp.copysign(arcsine, rho)


def overlaps(u, v, arccos):
    """D and L of unit nodes, one per row."""
    rho = jnp.clip(u @ v.T, -1, 1)
    rest = jnp.pi - arccos(rho)
    return rest / (2 * jnp.pi), (jnp.sqrt(1 - rho * rho) + rest * rho) / (2 * jnp.pi)


def velocity(arccos, teacher, w, v):
    """dW/dt = P⊥ (H* W* − H W), a node per row, and dV/dt = L* V* − L V."""
    w_star, v_star = teacher
    norms = jnp.linalg.norm(w, axis=1, keepdims=True)
    nodes = w / norms
    (d, l), (d_star, l_star) = overlaps(nodes, nodes, arccos), overlaps(nodes, w_star, arccos)
    force = (d_star * (v @ v_star.T)) @ w_star - (d * (v @ v.T)) @ nodes
    along = jnp.sum(force * nodes, 1, keepdims=True)
    return norms * (force - along * nodes), l_star @ v_star - l @ v


def network(d, m, n, c):
    random = np.random.default_rng(1)
    units = lambda count: (lambda w: w / np.linalg.norm(w, axis=1, keepdims=True))(random.standard_normal((count, d)))
    return (units(m), random.standard_normal((m, c))), units(n), random.standard_normal((n, c))


def by_jax(size, arccos):
    """A function that gives the microseconds of one evaluation."""
    teacher, w, v = jax.tree.map(jnp.asarray, network(*size))
    # The teacher rests where it is.
    assert max(float(jnp.max(jnp.abs(part))) for part in velocity(arccos, teacher, *teacher)) < 1e-6
    times = max(20, 1_000_000 // (size[2] * size[2] + 1000))

    def step(_, state):
        return jax.tree.map(lambda y, dy: y + 1e-9 * dy, state, velocity(arccos, teacher, *state))

    run = jax.jit(lambda w, v: jax.lax.fori_loop(0, times, step, (w, v)))
    jax.block_until_ready(run(w, v))  # compiled

    def measure():
        begin = time.perf_counter()
        jax.block_until_ready(run(w, v))
        return 1e6 * (time.perf_counter() - begin) / times

    return measure


def by_luckflow(size):
    return 1e6 * criterion_time.seconds("flow", f"exact, b = 0, one thread/\\[{', '.join(map(str, size))}\\]")


print(f"jax {jax.__version__}, one thread, an evaluation in µs, medians of {options.rounds} rounds")
criterion_time.build("flow")
rho = jnp.linspace(-1, 1, 10001)
assert float(jnp.max(jnp.abs(by_polynomial(rho) - jnp.arccos(rho)))) < 1e-12
for size in SIZES:
    measures = {"arccos": by_jax(size, jnp.arccos), "polynomial": by_jax(size, by_polynomial)}
    ours, theirs = [], {name: [] for name in measures}
    for _ in range(options.rounds):
        ours.append(by_luckflow(size))
        for name, measure in measures.items():
            theirs[name].append(statistics.median(measure() for _ in range(7)))
    print(f"(d, m, n, C) = {size}: luckflow {statistics.median(ours):.2f}", flush=True)
    for name, times in theirs.items():
        ratios = sorted(b / a for a, b in zip(ours, times))
        print(
            f"    jax by {name} {statistics.median(times):.2f},"
            f" {statistics.median(ratios):.2f} times ({ratios[0]:.2f} to {ratios[-1]:.2f})",
            flush=True,
        )
