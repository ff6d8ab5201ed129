"""The flow as a vector field in JAX: diffrax integrates it, and its solutions have derivatives."""

import numpy as np
import pytest
from conftest import unit_columns

import luckflow as lf

jax = pytest.importorskip("jax", reason="JAX is not installed: the flow is not compared with diffrax")
diffrax = pytest.importorskip("diffrax", reason="diffrax is not installed: the flow is not compared with it")
jnp = jax.numpy


@pytest.fixture(autouse=True)
def double():
    jax.config.update("jax_enable_x64", True)
    yield
    jax.config.update("jax_enable_x64", False)


@pytest.fixture
def setting(rng):
    """A flow and a start, with d = 5, m = 3, n = 4, C = 2."""
    flow = lf.Flow(unit_columns(rng, 5, 3), rng.normal(size=(3, 2)), b=0.6, fan_out="running")
    return flow, unit_columns(rng, 5, 4), rng.normal(size=(4, 2))


def solved(flow, y0, end, solver, tolerance=1e-9, **options):
    controller = diffrax.PIDController(rtol=tolerance, atol=tolerance)
    options = dict(stepsize_controller=controller, max_steps=10_000, **options)
    return diffrax.diffeqsolve(diffrax.ODETerm(flow.jax()), solver, 0.0, end, 0.01, y0, **options).ys[-1]


@pytest.mark.parametrize("solver", ["Tsit5", "Dopri8", "Kvaerno5"])
def test_diffrax_gives_luckflows_trajectory(setting, solver):
    flow, W, V = setting
    y = solved(flow, jnp.asarray(flow.pack(W, V)), 6.0, getattr(diffrax, solver)())
    run = flow.simulate(W, V, t=[6.0])
    found = flow.unpack(np.asarray(y))
    np.testing.assert_allclose(found[0], run.W[-1], atol=1e-6)
    np.testing.assert_allclose(found[1], run.V[-1], atol=1e-6)


def test_derivatives_are_those_of_differences(setting, rng):
    flow, W, V = setting
    field, y = flow.jax(), flow.pack(1.3 * W, V)
    direction = rng.normal(size=len(y))
    difference = (flow(0, y + 1e-6 * direction) - flow(0, y - 1e-6 * direction)) / 2e-6
    value, along = jax.jit(lambda y, dy: jax.jvp(lambda y: field(0.0, y), (y,), (dy,)))(y, direction)
    np.testing.assert_array_equal(value, flow(0, y))
    np.testing.assert_allclose(along, difference, atol=1e-8)
    np.testing.assert_allclose(jax.jacrev(lambda y: field(0.0, y))(y), flow.jacobian(1.3 * W, V), atol=1e-13)
    both = jax.vmap(lambda y: field(0.0, y))(jnp.stack([y, 2 * y]))
    np.testing.assert_array_equal(both[1], flow(0, 2 * y))


def test_a_solutions_gradient_is_that_of_differences(setting, rng):
    flow, W, V = setting
    y = flow.pack(W, V)
    goal = rng.normal(size=len(y))
    end = lambda y: jnp.sum(goal * solved(flow, y, 1.0, diffrax.Dopri8(), 1e-11))
    gradient = np.asarray(jax.grad(end)(jnp.asarray(y)))
    direction = rng.normal(size=len(y))
    difference = (end(y + 1e-5 * direction) - end(y - 1e-5 * direction)) / 2e-5
    np.testing.assert_allclose(gradient @ direction, difference, rtol=1e-6)


def test_single_precision_is_refused(setting):
    jax.config.update("jax_enable_x64", False)
    with pytest.raises(lf.InputError, match="jax_enable_x64"):
        setting[0].jax()
