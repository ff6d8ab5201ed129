"""What is proved or claimed of a start before the first step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _luckflow

#: What a run's own rounding may add to a bound, relative.
ROUNDING = 1e-9


def theorem4_rates(W_star: ArrayLike, b: float, theta0: float, step: float | None = None) -> dict[str, float | None]:
    """Every rate that is claimed for Theorem 4's flow, by its name.

    The largest angle between student and teacher nodes (for ``euclidean`` ‖W − W*‖) falls at least like e^{−λt}, for
    all starts with angles up to θ₀, if the rate λ is proved and positive: ``derived``, ``sharp``, ``euclidean``, and
    with ``_steps`` those of gradient descent. ``printed`` and ``printed_d0`` are the poster's; ``exact`` is the flow's
    own slowest rate near the teacher.

    Parameters
    ----------
    W_star : array_like, shape (d, m)
        Teacher nodes, a node per column; only their directions count.
    b : float
        The common threshold.
    theta0 : float
        The largest angle at the start, in radians.
    step : float, optional
        η of gradient descent, for the rates with ``_steps``.

    Returns
    -------
    dict
        λ by name; ``None`` where a rate cannot be computed.

    Raises
    ------
    InputError
        Nodes that are zero; a threshold or an angle that a scenario could not have either.

    Notes
    -----
    Source: docs/theory.md, sections 4 and 5.
    """
    return _luckflow.theorem4_rates(W_star, b, theta0, step)[0]


def assumption3(W_star: ArrayLike, b: float, theta0: float) -> dict[str, float | None]:
    """The constants of Assumption 3: ``epsilon``, ``K_d``, ``d0``, ``theta0``, ``threshold``, ``nodes``.

    Parameters are those of `theorem4_rates`. ``K_d`` is an upper bound within 1e-7; ``None`` where it is infinite.
    """
    found = _luckflow.theorem4_rates(W_star, b, theta0, None)[1]
    return {name: value if np.isfinite(value) else None for name, value in found.items()}


def asymptotic_rate(W_star: ArrayLike, b: float) -> float:
    """The exact rate near the teacher: the slowest decay rate of the flow linearised at W = W*, V = 1.

    Parameters
    ----------
    W_star : array_like, shape (d, m)
        Teacher nodes, a node per column; only their directions count.
    b : float
        The common threshold.

    Returns
    -------
    float
        Per unit of time; negative if W* is unstable.
    """
    return _luckflow.asymptotic_rate(W_star, b)


@dataclass(frozen=True, eq=False)
class Certificate:
    """What is proved of a start of Theorem 5's flow: both parts may be there, or one, or none.

    Attributes
    ----------
    rate : float or None
        The larger of the two rates; ``None`` if nothing is certified.
    best : str or None
        Which of them it is, as in ``summary.json``.
    start : ndarray, shape (m + n,)
        z(0): angles θ_j, j ≤ m, then ‖v_i − v*_i‖ and, for further nodes, ‖v_i‖.
    comparison : dict or None
        ``rate``, ``weights`` p, ``matrix`` M, ``region``, ``w_margin``, ``v_margin``, ``drift``:
        z(t) ≤ e^{Mt} z(0) ≤ region, and max z_i/p_i falls at the rate.
    euclidean : dict or None
        ``rate``, ``radius`` and the region: the joint distance falls at the rate.
    largest_scales : list of float or None
        The largest start θ₀ = e₀ = v₀ that each certifies, if it was asked for.
    """

    W_star: np.ndarray = field(repr=False)
    V_star: np.ndarray = field(repr=False)
    start: np.ndarray = field(repr=False)
    best: str | None
    euclidean: dict[str, float] | None
    comparison: dict[str, Any] | None = field(default=None, repr=False)
    largest_scales: list[float] | None = None

    @property
    def rate(self) -> float | None:
        rates = [part["rate"] for part in (self.comparison, self.euclidean) if part]
        return max(rates, default=None)

    @property
    def matrix(self) -> np.ndarray | None:
        """M, (m + n, m + n), non-negative off its diagonal: dz/dt ≤ M z."""
        return self.comparison["matrix"] if self.comparison else None

    @property
    def region(self) -> np.ndarray | None:
        """What z(t) keeps below at all times, (m + n,)."""
        return self.comparison["region"] if self.comparison else None

    def __bool__(self) -> bool:
        return self.rate is not None

    def errors(self, W: ArrayLike, V: ArrayLike) -> np.ndarray:
        """z of a state, or of many: angles, then errors of V.

        Parameters
        ----------
        W : array_like, shape (d, n) or (T, d, n)
        V : array_like, shape (n, C) or (T, n, C)

        Returns
        -------
        ndarray, shape (m + n,) or (T, m + n)
        """
        W, V = np.asarray(W, dtype=float), np.asarray(V, dtype=float)
        m = self.W_star.shape[1]
        units = [nodes / np.linalg.norm(nodes, axis=-2, keepdims=True) for nodes in (W[..., :m], self.W_star)]
        chord = np.linalg.norm(units[0] - units[1], axis=-2)
        errors = V.copy()
        errors[..., :m, :] -= self.V_star
        return np.concatenate([2 * np.arcsin(np.minimum(chord / 2, 1)), np.linalg.norm(errors, axis=-1)], axis=-1)

    def check(self, trajectory: Any) -> dict[str, bool]:
        """Whether a run keeps to what is certified, each part that there is: ``region``, ``comparison``, ``euclidean``.

        Parameters
        ----------
        trajectory
            What has ``t``, ``W`` and ``V``, as `Flow.simulate` gives them, from the certified start.
        """
        z, t = self.errors(trajectory.W, trajectory.V), np.asarray(trajectory.t)
        floor = 1e-11
        kept = {}
        if self.comparison:
            norm = (z / self.comparison["weights"]).max(axis=1)
            kept["region"] = bool(np.all(z <= self.comparison["region"] * (1 + ROUNDING) + floor))
            kept["comparison"] = _falls(t, norm, self.comparison["rate"], floor / self.comparison["weights"].min())
        if self.euclidean:
            m = self.W_star.shape[1]
            squares = np.sum((2 * np.sin(z[:, :m] / 2)) ** 2, axis=1) + np.sum(z[:, m:] ** 2, axis=1)
            kept["euclidean"] = _falls(t, np.sqrt(squares), self.euclidean["rate"], floor)
        return kept


def _falls(t: np.ndarray, norm: np.ndarray, rate: float, floor: float) -> bool:
    return bool(np.all(norm <= norm[0] * np.exp(-rate * t) * (1 + ROUNDING) + floor))


def certificate(
    W_star: ArrayLike, V_star: ArrayLike, W: ArrayLike, V: ArrayLike, b: float, largest_start: bool = False
) -> Certificate:
    """Theorem 5: what is proved of the joint flow of W and V from a start, for x ~ N(0, I).

    Parameters
    ----------
    W_star : array_like, shape (d, m)
    V_star : array_like, shape (m, C)
        Teacher nodes, a node per column, of which only directions count; and their fan-out weights.
    W : array_like, shape (d, n)
    V : array_like, shape (n, C)
        The start, n ≥ m: student node j is compared with teacher node j; further ones are to fade.
    b : float
        The common threshold.
    largest_start : bool
        Whether the largest certified scale is looked for too; it takes dozens of certificates.

    Returns
    -------
    Certificate
        False in conditions if nothing is certified.

    Raises
    ------
    InputError
        Shapes that do not belong together, nodes that are zero, entries that are not finite.

    Notes
    -----
    Source: docs/theory.md, section 6. The rates are rigorous lower bounds.
    """
    found = _luckflow.certificates([W_star, V_star, W, V], b, bool(largest_start))
    return Certificate(np.array(W_star, dtype=float), np.array(V_star, dtype=float), **found)
