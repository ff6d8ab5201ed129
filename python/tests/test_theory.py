"""Rates, certificates and attacks, beside what runs show."""

import numpy as np
import pytest
from conftest import unit_columns
from scipy.linalg import eigvals
from scipy.stats import norm

import luckflow as lf


def test_rates_are_those_of_the_experiment(small):
    rates = lf.theorem4_rates(np.eye(6)[:, :3], 2.0, 0.05)
    found = lf.run(small).summary
    for name, claim in found["rates"].items():
        assert rates[name] == pytest.approx(claim["value"], rel=1e-9)
    constants = lf.assumption3(np.eye(6)[:, :3], 2.0, 0.05)
    assert constants == pytest.approx(found["assumption"], rel=1e-9)
    assert constants["epsilon"] == pytest.approx(norm.sf(2.0), rel=1e-12)
    assert lf.theorem4_rates(np.eye(3), 2.0, 0.05, step=1.0)["sharp_steps"] > 0


def test_the_exact_rate_is_the_slowest_of_the_jacobian(rng):
    W_star = unit_columns(rng, 5, 3)
    rates = -eigvals(lf.Flow(W_star, b=1.5).jacobian(W_star)).real
    # Radial directions and V are neutral.
    slowest = np.sort(rates[np.abs(rates) > 1e-9])[0]
    assert lf.asymptotic_rate(2 * W_star, 1.5) == pytest.approx(slowest, rel=1e-8)


@pytest.fixture
def near(rng):
    """A start that is certified: orthonormal teacher, two further nodes."""
    W_star, V_star = np.eye(8)[:, :3], np.eye(3)
    W = np.concatenate([W_star, np.eye(8)[:, 5:7]], axis=1) + 1e-3 * rng.normal(size=(8, 5))
    W /= np.linalg.norm(W, axis=0)
    V = np.concatenate([V_star, np.zeros((2, 3))]) + 1e-3 * rng.normal(size=(5, 3))
    return W_star, V_star, W, V


def test_a_run_keeps_to_its_certificate(near):
    W_star, V_star, W, V = near
    certificate = lf.certificate(*near, b=2.5, largest_start=True)
    assert certificate and certificate.rate > 0 and max(certificate.largest_scales) > 1e-3
    np.testing.assert_allclose(certificate.start, certificate.errors(W, V), atol=1e-12)
    run = lf.Flow(W_star, V_star, b=2.5, fan_out="running").simulate(W, V, t=3 / certificate.rate)
    kept = certificate.check(run)
    assert kept and all(kept.values())
    # The certificate is of this start: a slower decay is seen.
    slower = lf.Flow(W_star, V_star, b=2.5, fan_out="running").simulate(W, V, t=0.3 / certificate.rate)
    slower.t *= 10
    assert not all(certificate.check(slower).values())


def test_the_matrix_has_the_rate(near):
    certificate = lf.certificate(*near, b=2.5)
    exact, rate = -eigvals(certificate.matrix).real.max(), certificate.comparison["rate"]
    assert exact * (1 - 1e-4) < rate <= exact
    assert np.all(certificate.region > certificate.start)


def test_far_starts_are_not_certified(rng):
    far = lf.certificate(np.eye(4), np.eye(4), unit_columns(rng, 4, 6), rng.normal(size=(6, 4)), b=0.0)
    assert not far and far.rate is None and far.matrix is None and far.best is None


def test_attacks_refute_the_poster_and_nothing_that_is_proved():
    attacks = lf.falsify("theorem4", starts=2, iterations=20)
    verdicts = {attack.bound: attack.verdict for attack in attacks}
    assert verdicts["printed"] == "violated"
    for attack in attacks:
        if attack.proven:
            assert attack.verdict == "holds" and attack.ratio > 1 - 1e-8
            assert attack.along_run == pytest.approx(attack.ratio, rel=1e-3)
    assert "violated" in attacks._repr_html_()
    five = lf.falsify("theorem5", starts=1, iterations=5)
    assert {attack.bound for attack in five} == {"certified", "euclidean"}
    for attack in five:
        assert attack.proven and attack.verdict == "holds" and attack.in_region >= 1 - 1e-8
        assert attack.V.shape == (10, 5)


@pytest.mark.parametrize(
    ("call", "key", "found"),
    [
        (lambda: lf.theorem4_rates(np.zeros((3, 2)), 1.0, 0.1), "W_star", "norm 0"),
        (lambda: lf.theorem4_rates(np.ones((1, 2)), 1.0, 0.1), "W_star", "1 × 2"),
        (lambda: lf.theorem4_rates(np.eye(3), 1e9, 0.1), "b", "1000000000"),
        (lambda: lf.theorem4_rates(np.eye(3), 1.0, 4.0), "theta0", "4"),
        (lambda: lf.theorem4_rates(np.eye(3), np.nan, 0.1), "b", "NaN"),
        (lambda: lf.theorem4_rates(np.eye(3), 1.0, 0.1, step=0), "step", "0"),
        (lambda: lf.certificate(np.eye(3), np.eye(3), np.eye(3)[:, :2], np.eye(3), 1.0), "W", "3 × 2"),
        (lambda: lf.certificate(np.eye(3), np.eye(3), np.eye(3), np.eye(2), 1.0), "V", "2 × 2"),
        (lambda: lf.falsify("fan-out-panels"), "experiment", "panels"),
        (lambda: lf.falsify("theorem4", starts=0), "starts", "0"),
    ],
)
def test_mistakes_have_key_and_found(call, key, found):
    with pytest.raises(lf.InputError) as caught:
        call()
    assert caught.value.key == key and found in caught.value.found, str(caught.value)
