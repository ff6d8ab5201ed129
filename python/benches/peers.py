"""Calls of luckflow beside NumPy, SciPy and JAX: the best of many rounds each, all in one process.

    pip install './python[full]' scipy jax && python python/benches/peers.py

JAX is left out where it is not installed. Threads as the libraries have them by default.
"""

import importlib.util
import sys
import time
from pathlib import Path

import numpy as np

import luckflow as lf

sys.path.append(str(Path(__file__).parents[1] / "tests"))

#: d, n, m, C of a flow.
SIZES = [(30, 10, 5, 5), (100, 100, 20, 10), (400, 400, 100, 100)]


def best(work, least=0.4):
    """Seconds of a call: the least over rounds of many, after one that warms up."""
    begun = time.perf_counter()
    work()
    once = time.perf_counter() - begun
    count = max(1, int(0.02 / max(once, 1e-7)))
    rounds, ends = [], time.perf_counter() + least
    while time.perf_counter() < ends or len(rounds) < 3:
        begun = time.perf_counter()
        for _ in range(count):
            work()
        rounds.append((time.perf_counter() - begun) / count)
    return min(rounds)


def shown(seconds):
    """With a unit."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= scale:
            return f"{seconds / scale:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def line(what, ours, peer, theirs):
    """A row of the table."""
    print(f"| {what} | {shown(ours)} | {peer} {shown(theirs)} | {theirs / ours:.3g} × |", flush=True)


def units(rng, d, n):
    """n random unit nodes."""
    columns = rng.normal(size=(d, n))
    return columns / np.linalg.norm(columns, axis=0)


def kernels():
    """A thousand angles."""
    import reference
    from scipy.stats import multivariate_normal

    theta = np.linspace(0.01, 2.5, 1000)

    def normals():
        return [
            multivariate_normal.cdf([-1, -1], cov=[[1, np.cos(t)], [np.cos(t), 1]], allow_singular=True) for t in theta
        ]

    line(
        "`kernel`, 1,000 angles, b = 1", best(lambda: lf.kernel(theta, 1.0)), "scipy `mvn.cdf`, D alone", best(normals)
    )
    some = theta[::100]
    line(
        "`kernel`, 10 angles, b ≠ b2",
        best(lambda: lf.kernel(some, 1.0, 0.5)),
        "scipy `quad`",
        best(lambda: [reference.pair(t, 1.0, 0.5) for t in some]),
    )


def overlaps(rng):
    """Layers without thresholds, where NumPy has a closed form too."""
    import reference

    for d, n, m in [(30, 10, 5), (100, 100, 20), (400, 400, 100), (1000, 1000, 500)]:
        W, W_star = units(rng, d, n), units(rng, d, m)
        both = np.hstack([W, W_star])
        what = f"`overlaps`, d, n, m = {d}, {n}, {m}, b = 0"
        line(what, best(lambda: lf.overlaps(W, W_star)), "NumPy `arccos`", best(lambda: reference.arc_cosine(W, both)))


def velocities(rng):
    """The flow without thresholds, compiled by JAX in double precision."""
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def velocity(W, V, W_star, V_star):
        def pair(A, B):
            rho = jnp.clip(A.T @ B, -1, 1)
            theta = jnp.arccos(rho)
            return (jnp.pi - theta) / (2 * jnp.pi), (jnp.sin(theta) + (jnp.pi - theta) * rho) / (2 * jnp.pi)

        (D, L), (D_star, L_star) = pair(W, W), pair(W, W_star)
        force = W_star @ (D_star * (V @ V_star.T)).T - W @ (D * (V @ V.T)).T
        return force - W * jnp.sum(W * force, axis=0), L_star @ V_star - L @ V

    compiled = jax.jit(velocity)
    for d, n, m, C in SIZES:
        W, W_star, V, V_star = units(rng, d, n), units(rng, d, m), rng.normal(size=(n, C)), rng.normal(size=(m, C))
        flow = lf.Flow(W_star, V_star, fan_out="running")
        there = [jax.device_put(array) for array in (W, V, W_star, V_star)]
        for ours, theirs in zip(flow.velocity(W, V), compiled(*there)):
            np.testing.assert_allclose(ours, theirs, atol=1e-6)
        what = f"`Flow.velocity`, d, n, m, C = {d}, {n}, {m}, {C}"
        peer = best(lambda: [part.block_until_ready() for part in compiled(*there)])
        line(what, best(lambda: flow.velocity(W, V)), "`jax.jit`", peer)


def runs():
    """A whole run in this process and through the command line."""
    import subprocess

    program = Path(__file__).parents[2] / "target" / "release" / "luckflow"
    if program.exists():
        out = ["--out", "/tmp/luckflow-bench", "--force", "--quiet"]
        command = lambda: subprocess.run([program, "run", "theorem4", *out], check=True)
        line('`run("theorem4")`', best(lambda: lf.run("theorem4"), 2), "the command line", best(command, 2))


if __name__ == "__main__":
    print("| call | luckflow | peer | ratio |\n| --- | --- | --- | --- |")
    generator = np.random.default_rng(1)
    kernels()
    overlaps(generator)
    if importlib.util.find_spec("jax"):
        velocities(generator)
    runs()
