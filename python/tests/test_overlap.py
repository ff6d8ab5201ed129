"""Overlaps, beside quadrature, closed forms and NumPy's own samples."""

import numpy as np
import pytest
import reference
from conftest import unit_columns

import luckflow as lf


@pytest.mark.parametrize("theta", [0.02, 0.7, 1.9, 3.0])
@pytest.mark.parametrize(("b", "b2"), [(0.0, 0.0), (1.0, 1.0), (-0.5, 1.3), (2.5, 2.0)])
def test_kernel_is_what_quadrature_gives(theta, b, b2):
    D, L = lf.kernel(theta, b, b2)
    assert isinstance(D, float)
    np.testing.assert_allclose([D, L], reference.pair(theta, b, b2), rtol=1e-9, atol=1e-15)


def test_slopes_are_differences():
    theta, step = np.linspace(0.1, 3.0, 17), 1e-6
    found = lf.kernel(theta, 0.8, 0.3, derivative=True)
    above, below = lf.kernel(theta + step, 0.8, 0.3), lf.kernel(theta - step, 0.8, 0.3)
    np.testing.assert_allclose(found.dD, (above.D - below.D) / (2 * step), atol=1e-9)
    np.testing.assert_allclose(found.dL, (above.L - below.L) / (2 * step), atol=1e-9)
    assert lf.overlap(0.7, 1.0) == lf.kernel(0.7, 1.0, derivative=True)


def test_kernel_broadcasts_and_the_table_agrees_with_single_angles():
    theta, b = np.linspace(0, np.pi, 100)[:, None], np.array([0.0, 1.0, 2.0])
    D, L = lf.kernel(theta, b)
    assert D.shape == L.shape == (100, 3)
    for column, threshold in enumerate(b):
        np.testing.assert_allclose(lf.kernel(theta[:, 0], threshold).D, D[:, column], rtol=1e-12, atol=1e-18)
    assert lf.kernel(np.empty((0, 3)), 1.0).D.shape == (0, 3)


def test_overlaps_of_any_norms_and_thresholds(rng):
    W, W_star = rng.normal(size=(5, 4)), rng.normal(size=(5, 3))
    b, b_star = rng.normal(size=4), rng.normal(size=3)
    found = lf.overlaps(W, W_star, b, b_star)
    D_star, L_star = reference.overlaps(W, W_star, b, b_star)
    D, L = reference.overlaps(W, W, b, b)
    for ours, theirs in zip(found, (D, D_star, L, L_star)):
        np.testing.assert_allclose(ours, theirs, rtol=1e-8, atol=1e-13)


def test_many_nodes_without_thresholds_have_the_arc_cosine_kernels(rng):
    W, W_star = unit_columns(rng, 50, 150), unit_columns(rng, 50, 40)
    found = lf.overlaps(W, W_star)
    D_star, L_star = reference.arc_cosine(W, W_star)
    np.testing.assert_allclose(found.D_star, D_star, atol=1e-14)
    np.testing.assert_allclose(found.L_star, L_star, atol=1e-14)
    np.testing.assert_array_equal(found.D, found.D.T)


@pytest.mark.parametrize("n", [3, 200])
def test_layouts_and_kinds_of_numbers_make_no_difference(rng, n):
    W = unit_columns(rng, 8, n)
    wanted = lf.overlaps(W, b=1.0)
    strided = np.zeros((16, 2 * n))
    strided[::2, ::2] = W
    packed = np.zeros(8 * n, dtype=[("skip", "i1"), ("value", "f8")])
    packed["value"] = W.ravel()
    others = [np.asfortranarray(W), strided[::2, ::2], W[::-1, ::-1][::-1, ::-1], W.astype(">f8"), W.tolist()]
    others.append(packed["value"].reshape(8, n))
    for other in others:
        for ours, theirs in zip(lf.overlaps(other, b=1.0), wanted):
            np.testing.assert_array_equal(ours, theirs)
    single = lf.overlaps(W.astype(np.float32), b=np.float32(1.0))
    np.testing.assert_allclose(single.D, wanted.D, atol=1e-6)
    assert lf.overlaps(np.eye(3, dtype=int)).D.dtype == np.float64


@pytest.mark.parametrize(("n", "m", "d"), [(0, 0, 3), (0, 2, 3), (2, 0, 3), (0, 0, 0), (2, 2, 1), (2, 3, 0)])
def test_empty_arrays(n, m, d):
    found = lf.overlaps(np.ones((d, n)), np.ones((d, m)), 0.5)
    assert [part.shape for part in found] == [(n, n), (n, m)] * 2
    assert all(np.isfinite(part).all() for part in found)


def test_samples_agree_with_the_exact_overlaps_within_their_errors(rng):
    W, W_star = unit_columns(rng, 6, 3), unit_columns(rng, 6, 2)
    exact = lf.overlaps(W, W_star, 0.5, 0.2)
    for precision in ("f64", "f32"):
        mean, error = lf.overlaps_mc(W, W_star, 0.5, 0.2, samples=40_000, seed=3, precision=precision)
        for found, wanted, sigma in zip(mean, exact, error):
            assert np.all(np.abs(found - wanted) < 5 * sigma + 1e-6)
    again, _ = lf.overlaps_mc(W, W_star, 0.5, 0.2, samples=40_000, seed=3, precision="f32")
    np.testing.assert_array_equal(again.L_star, mean.L_star)


def test_samples_of_other_inputs_are_numpys(rng):
    W = rng.normal(size=(4, 3))
    rows = rng.normal(size=(500, 4))
    f = np.maximum(rows @ W - 0.3, 0)
    mean, error = lf.overlaps_mc(W, b=0.3, samples=200_000, rows=rows)
    assert np.all(np.abs(mean.L - f.T @ f / 500) < 5 * error.L)
    root = rng.normal(size=(4, 4))
    x = rng.normal(size=(400_000, 4)) @ root.T
    active = (x @ W > 0.3).astype(float)
    mean, error = lf.overlaps_mc(W, b=0.3, samples=400_000, covariance=root @ root.T)
    assert np.all(np.abs(mean.D - active.T @ active / len(x)) < 8 * error.D)


@pytest.mark.parametrize(
    ("call", "key", "found", "allowed"),
    [
        (lambda: lf.overlaps(np.ones(3)), "W", "shape [3]", "two dimensions"),
        (lambda: lf.overlaps(np.ones((3, 2)), np.ones((4, 2))), "W_star", "4 × 2", "d × m = 3 × 2"),
        (lambda: lf.overlaps([[1.0, np.nan]]), "W", "NaN at [0, 1]", "finite numbers"),
        (lambda: lf.overlaps([[1.0, -np.inf]]), "W", "-inf at [0, 1]", "finite numbers"),
        (lambda: lf.overlaps(np.eye(2), b=[1, 2, 3]), "b", "3 numbers", "one for each of 2 nodes"),
        (lambda: lf.overlaps(np.eye(2), b=1e200), "b", "1e200", "1e100"),
        (lambda: lf.overlaps([["a"]]), "W", "list", "real numbers"),
        (lambda: lf.overlaps(np.eye(2) * 1j), "W", "ndarray", "real numbers"),
        (lambda: lf.overlaps(None), "W", "NoneType", "real numbers"),
        (lambda: lf.kernel(4.0, 1.0), "theta", "4", "radians from 0 to π"),
        (lambda: lf.kernel(np.nan, 1.0), "theta", "NaN at [0]", "finite"),
        (lambda: lf.kernel([1, 2], [1, 2, 3]), "theta", "(2,), (3,)", "broadcast"),
        (lambda: lf.overlaps_mc(np.eye(2), samples=1), "samples", "1", "2 to 2⁴⁰"),
        (lambda: lf.overlaps_mc(np.eye(2), samples=10, seed=-1), "seed", "-1", "from 0"),
        (lambda: lf.overlaps_mc(np.eye(2), samples=10, precision="f16"), "precision", "f16", "f64"),
        (lambda: lf.overlaps_mc(np.eye(2), samples=10, covariance=np.eye(3)), "covariance", "dimension 3", "d = 2"),
        (lambda: lf.overlaps_mc(np.eye(2), samples=10, covariance=-np.eye(2)), "covariance", "negative", "covariance"),
        (lambda: lf.overlaps_mc([[1]], samples=9, covariance=[[1]], rows=[[1]]), "covariance", "rows", "one"),
    ],
)  # fmt: skip
def test_mistakes_have_key_found_and_allowed(call, key, found, allowed):
    with pytest.raises(lf.InputError) as caught:
        call()
    assert isinstance(caught.value, ValueError)
    assert caught.value.key == key
    assert found in caught.value.found
    assert allowed in caught.value.allowed
    assert str(caught.value) == f"{key}: found {caught.value.found}; allowed: {caught.value.allowed}"
