"""The flow, beside NumPy's own velocity, differences, and SciPy's integrator."""

import pickle

import numpy as np
import pytest
import reference
from conftest import unit_columns
from scipy.integrate import solve_ivp

import luckflow as lf


@pytest.fixture
def nets(rng):
    """W*, V*, W, V with d = 6, m = 3, n = 4, C = 2."""
    return unit_columns(rng, 6, 3), rng.normal(size=(3, 2)), unit_columns(rng, 6, 4), rng.normal(size=(4, 2))


@pytest.mark.parametrize("projection", [True, False])
def test_velocity_is_numpys(nets, rng, projection):
    W_star, V_star, W, V = nets
    W = W * rng.uniform(0.5, 2, size=4)
    flow = lf.Flow(W_star, V_star, b=0.7, projection=projection, fan_out="running")
    for ours, theirs in zip(flow.velocity(W, V), reference.velocity(W, V, W_star, V_star, 0.7, projection)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-7, atol=1e-9)


def test_variants_of_the_fan_out(nets):
    W_star, V_star, W, V = nets
    dW, dV = lf.Flow(W_star, V_star, b=0.7, fan_out="running").velocity(W, V)
    fixed = lf.Flow(W_star, V_star, b=0.7).velocity(W, V)
    np.testing.assert_allclose(fixed[0], dW, rtol=1e-12)
    assert fixed[1].shape == V.shape and not fixed[1].any()
    U = V / np.linalg.norm(V, axis=0)
    normalized = lf.Flow(W_star, V_star, b=0.7, fan_out="normalized").velocity(W, U)
    free = lf.Flow(W_star, V_star, b=0.7, fan_out="running").velocity(W, U)
    np.testing.assert_allclose(normalized[1], free[1] - U * np.sum(U * free[1], axis=0), rtol=1e-9, atol=1e-14)
    ones = lf.Flow(W_star, b=0.7)
    np.testing.assert_array_equal(ones.velocity(W)[0], ones.velocity(W, np.ones((4, 1)))[0])


def test_a_fixed_fan_out_may_change_from_call_to_call(nets):
    W_star, V_star, W, V = nets
    flow = lf.Flow(W_star, V_star, b=0.7)
    first = flow.velocity(W, V)[0]
    other = flow.velocity(W, 2 * V)[0]
    assert not np.allclose(first, other)
    np.testing.assert_array_equal(flow.velocity(W, V)[0], first)
    assert flow.velocity(W[:, :2], V[:2])[0].shape == (6, 2)


def test_loss_and_angles(nets):
    W_star, V_star, W, V = nets
    flow = lf.Flow(W_star, V_star, b=0.7)
    np.testing.assert_allclose(flow.loss(W, V), reference.loss(W, V, W_star, V_star, 0.7), rtol=1e-8)
    np.testing.assert_allclose(flow.angles(3 * W), np.arccos(np.sum(W[:, :3] * W_star, axis=0)), rtol=1e-12)
    np.testing.assert_allclose(lf.Flow(np.eye(2)).angles([[1.0], [1e-9]]), [1e-9], rtol=1e-12)


@pytest.mark.parametrize("norms", [1.0, np.array([0.4, 1.0, 1.7, 3.0])], ids=["unit", "any"])
@pytest.mark.parametrize("fan_out", ["fixed", "running"])
def test_jacobian_is_that_of_differences(nets, fan_out, norms, rng):
    W_star, V_star, W, V = nets
    W = W * norms
    flow = lf.Flow(W_star, V_star, b=0.7, fan_out=fan_out)
    y, J = flow.pack(W, V), flow.jacobian(W, V)
    steps = 1e-6 * np.eye(len(y))
    differences = np.array([(flow(0, y + step) - flow(0, y - step)) / 2e-6 for step in steps]).T
    np.testing.assert_allclose(J, differences, atol=2e-8)
    direction = rng.normal(size=len(y))
    moved = flow.jvp(W, V, *flow.unpack(direction))
    np.testing.assert_allclose(
        np.concatenate([moved[0].T.ravel(), moved[1].ravel()]), J @ direction, rtol=1e-10, atol=1e-12
    )


def test_packing(nets):
    W_star, V_star, W, V = nets
    flow = lf.Flow(W_star, V_star, b=0.7, fan_out="running")
    y = flow.pack(W, V)
    for ours, given in zip(flow.unpack(y), (W, V)):
        np.testing.assert_array_equal(ours, given)
    Ws, Vs = flow.unpack(np.stack([y, 2 * y, 3 * y], axis=1))
    np.testing.assert_array_equal(Ws[1], 2 * W)
    np.testing.assert_array_equal(Vs[2], 3 * V)
    dW, dV = flow.unpack(flow(0.0, y))
    np.testing.assert_array_equal(dW, flow.velocity(W, V)[0])
    np.testing.assert_array_equal(dV, flow.velocity(W, V)[1])


def test_a_run_is_scipys(nets):
    W_star, V_star, W, V = nets
    flow = lf.Flow(W_star, V_star, b=0.7, fan_out="running")
    run = flow.simulate(W, V, t=np.linspace(0, 20, 11))
    theirs = solve_ivp(flow, (0, 20), flow.pack(W, V), method="DOP853", rtol=1e-11, atol=1e-12, t_eval=run.t)
    Ws, Vs = flow.unpack(theirs.y)
    np.testing.assert_allclose(run.W, Ws, atol=1e-9)
    np.testing.assert_allclose(run.V, Vs, atol=1e-9)
    np.testing.assert_allclose([flow.loss(W, V) for W, V in zip(run.W, run.V)], run.loss, rtol=1e-9)
    np.testing.assert_allclose(run.loss[0] - run.loss, run.dissipated, atol=1e-10 * run.loss[0])
    np.testing.assert_allclose(run.theta[-1], flow.angles(run.W[-1]), rtol=1e-9)
    assert run.end["kind"] == "horizon" and len(run) == 11
    middle = flow.simulate(W, V, t=[3.3])
    for found, wanted in zip(run.at(3.3), (middle.W[-1], middle.V[-1])):
        np.testing.assert_allclose(found, wanted, atol=1e-10)
    assert run.at([0.0, 3.3, 20.0])[0].shape == (3, 6, 4)
    assert list(run.frame().columns[:3]) == ["time", "loss", "dissipated"]
    assert run.plot().get_xlabel() == "time t"


def test_steps_go_on_as_long_as_they_are_asked_for(nets):
    W_star, V_star, W, V = nets
    flow = lf.Flow(W_star, V_star, b=0.7, fan_out="running")
    whole = flow.simulate(W, V, t=10.0)
    seen = []
    for state in flow.steps(W, V, t=10.0):
        seen.append(state)
        if state.loss < 0.5 * seen[0].loss:
            break
    assert 1 < len(seen) < len(whole)
    np.testing.assert_allclose([state.loss for state in seen], whole.loss[: len(seen)], rtol=1e-9)
    np.testing.assert_allclose(seen[-1].W, whole.W[len(seen) - 1], atol=1e-10)


def test_gradient_descent_is_numpys_loop(nets):
    W_star, V_star, W, V = nets
    flow = lf.Flow(W_star, V_star, b=0.7)
    run = flow.simulate(W, V, t=2.0, method="gradient-descent", step=0.1)
    for _ in range(20):
        W = W + 0.1 * reference.velocity(W, V, W_star, V_star, 0.7)[0]
        W = W / np.linalg.norm(W, axis=0)
    np.testing.assert_allclose(run.W[-1], W, atol=1e-7)
    np.testing.assert_array_equal(run.V, np.broadcast_to(V, run.V.shape))


def test_sampled_flows(nets, rng):
    W_star, V_star, W, V = nets
    exact = lf.Flow(W_star, V_star, b=0.2, fan_out="running").velocity(W, V)
    sampled = lf.Flow(W_star, V_star, b=0.2, fan_out="running", overlap=lf.MonteCarlo(200_000, seed=4))
    for ours, theirs in zip(sampled.velocity(W, V), exact):
        np.testing.assert_allclose(ours, theirs, atol=0.03)
    np.testing.assert_array_equal(sampled.velocity(W, V)[0], sampled.velocity(W, V)[0])
    fresh = lf.Flow(W_star, V_star, b=0.2, overlap=lf.MonteCarlo(1000, resample="every-evaluation"))
    assert not np.array_equal(fresh.velocity(W, V)[0], fresh.velocity(W, V)[0])
    with pytest.raises(lf.InputError, match="rk4, gradient-descent") as caught:
        fresh.simulate(W, V, t=1.0)
    assert caught.value.key == "method"
    rows = rng.normal(size=(300, 6))
    data = lf.Flow(W_star, V_star, b=0.2, fan_out="running", overlap=lf.MonteCarlo(300, rows=rows))
    f, f_star = np.maximum(rows @ W - 0.2, 0), np.maximum(rows @ W_star - 0.2, 0)
    np.testing.assert_allclose(data.velocity(W, V)[1], f.T @ (f_star @ V_star - f @ V) / 300, atol=1e-12)


def test_large_flows_use_all_cores_and_change_nothing(rng):
    W_star, W = unit_columns(rng, 20, 90), unit_columns(rng, 20, 120)
    V_star, V = rng.normal(size=(90, 3)), rng.normal(size=(120, 3))
    dW, dV = lf.Flow(W_star, V_star, fan_out="running").velocity(W, V)
    D, L = reference.arc_cosine(W, W)
    D_star, L_star = reference.arc_cosine(W, W_star)
    force = W_star @ (D_star * (V @ V_star.T)).T - W @ (D * (V @ V.T)).T
    np.testing.assert_allclose(dW, force - W * np.sum(W * force, axis=0), atol=1e-11)
    np.testing.assert_allclose(dV, L_star @ V_star - L @ V, atol=1e-11)


def test_a_pickled_flow_is_the_same(nets):
    W_star, V_star, W, V = nets
    flow = lf.Flow(
        W_star,
        V_star,
        b=0.7,
        fan_out="running",
        overlap=lf.MonteCarlo(500, rows=np.eye(6), resample="every-evaluation"),
    )
    for _ in range(2):
        again = pickle.loads(pickle.dumps(flow))
        np.testing.assert_array_equal(again.velocity(W, V)[0], pickle.loads(pickle.dumps(flow)).velocity(W, V)[0])


@pytest.mark.parametrize(
    ("call", "key", "found", "allowed"),
    [
        (lambda: lf.Flow(np.zeros((3, 2))), "W_star", "column 0", "zero"),
        (lambda: lf.Flow(np.empty((3, 0))), "W_star", "3 × 0", "at least 1 × 1"),
        (lambda: lf.Flow(np.eye(3), np.ones((2, 1))), "V_star", "2 × 1", "m × C = 3 × 1"),
        (lambda: lf.Flow(np.eye(3), fan_out="free"), "fan_out", '"free"', '"fixed" or "running"'),
        (lambda: lf.Flow(np.eye(3), overlap="sampled"), "overlap", "sampled", "MonteCarlo"),
        (lambda: lf.Flow(np.eye(3), b=np.nan), "b", "NaN", "finite"),
        (lambda: lf.MonteCarlo(1.5), "samples", "1.5", "whole number"),
        (lambda: lf.Flow(np.eye(3), overlap=lf.MonteCarlo(9, rows=np.eye(3))), "samples", "9 of 3 rows", "at most 3"),
        (lambda: lf.Flow(np.eye(3)).velocity(np.eye(2)), "W", "2 × 2", "d × n = 3 × 2"),
        (lambda: lf.Flow(np.eye(3)).velocity(np.eye(3), np.ones((2, 1))), "V", "2 × 1", "n × C = 3 × 1"),
        (lambda: lf.Flow(np.eye(3)).velocity(np.empty((3, 0))), "W", "3 × 0", "3 × 1"),
        (lambda: lf.Flow(np.eye(3)).velocity(np.zeros((3, 1))), "W", "column 0", "none of them zero"),
        (lambda: lf.Flow(np.eye(3), np.eye(3)).velocity(np.eye(3)), "V", "nothing", "n × C"),
        (lambda: lf.Flow(np.eye(3), b=[1, 2]).velocity(np.eye(3)), "b_star", "2 numbers", "3 nodes"),
        (lambda: lf.Flow(np.eye(3), b=[1, 2], b_star=0).velocity(np.eye(3)), "b", "2 numbers", "3 nodes"),
        (lambda: lf.Flow(np.eye(3))(0, np.ones(7)), "y", "7 numbers", "multiple of 4"),
        (lambda: lf.Flow(np.eye(3)).unpack(np.ones(7)), "y", "[7]", "multiple of 4"),
        (lambda: lf.Flow(np.eye(3), projection=False).jacobian(np.eye(3)), "projection", "False", "True"),
        (lambda: lf.Flow(np.eye(3)).jvp(np.eye(3), None, np.eye(2)), "dW", "2 × 2", "3 × 3"),
        (lambda: lf.Flow(np.eye(3)).simulate(np.eye(3), t=-1.0), "t", "-", "positive"),
        (lambda: lf.Flow(np.eye(3)).simulate(np.eye(3), t=[2.0, 1.0]), "t", "", "ascend"),
        (lambda: lf.Flow(np.eye(3)).simulate(np.eye(3), t=[]), "t", "no times", "one"),
        (lambda: lf.Flow(np.eye(3)).simulate(np.eye(3), t=1, rtol=0), "rtol", "0", "positive"),
        (lambda: lf.Flow(np.eye(3)).simulate(np.eye(3), t=1, method="euler"), "method", "euler", "dop853"),
        (lambda: lf.Flow(np.eye(3)).simulate(np.eye(3), t=1, method="rk4"), "step", "nothing", "positive"),
        (lambda: lf.Flow(np.eye(3)).simulate(np.eye(3), t=1, step=0.1), "step", "0.1", "fixed step"),
        (lambda: lf.Flow(np.eye(3)).simulate(np.eye(3), t=1).at(2.0), "t", "2.0", "0 to 1"),
    ],
)  # fmt: skip
def test_mistakes_have_key_found_and_allowed(call, key, found, allowed):
    with pytest.raises(lf.InputError) as caught:
        call()
    error = caught.value
    assert error.key == key and found in error.found and allowed in error.allowed, str(error)
