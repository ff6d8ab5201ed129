"""Overlaps of gates and activations, exact and sampled."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import _luckflow
from ._errors import InputError


class Kernel(NamedTuple):
    """Overlaps of two unit nodes."""

    D: np.ndarray
    L: np.ndarray


class KernelSlopes(NamedTuple):
    """Overlaps of two unit nodes, and how they change with the angle."""

    D: np.ndarray
    L: np.ndarray
    dD: np.ndarray
    dL: np.ndarray


class Overlaps(NamedTuple):
    """Overlaps of n student nodes with each other (n, n) and with m teacher nodes (n, m)."""

    D: np.ndarray
    D_star: np.ndarray
    L: np.ndarray
    L_star: np.ndarray


def kernel(theta: ArrayLike, b: ArrayLike, b2: ArrayLike | None = None, derivative: bool = False) -> Any:
    """Overlaps D and L of two unit nodes at an angle, for x ~ N(0, I).

    D = P(u·x > b, v·x > b2) and L = E[(u·x − b)₊ (v·x − b2)₊].

    Parameters
    ----------
    theta : array_like
        Angles between the nodes, in radians from 0 to π.
    b, b2 : array_like
        Thresholds of the first and the second node; `b2` is `b` where it is not given. All three broadcast.
    derivative : bool
        Whether dD/dθ and dL/dθ are given too.

    Returns
    -------
    Kernel or KernelSlopes
        D and L, with dD and dL if asked for, in the broadcast shape; floats for scalars.

    Raises
    ------
    InputError
        Angles outside [0, π], thresholds beyond ±1e100, entries that are not finite.

    Notes
    -----
    Accurate to 1e-12, relative, where D > 1e-100. From 64 angles of one common threshold on they come from a table,
    within 1e-13 of what they are one by one. Formulas: docs/theory.md, by Price's theorem.

    Examples
    --------
    >>> D, L = kernel(0.7, 1.0)
    >>> print(f"{D:.15f}")
    0.092505205264147
    """
    given = [np.asarray(value) for value in (theta, b, b if b2 is None else b2)]
    try:
        shape = np.broadcast(*given).shape
    except ValueError:
        shapes = ", ".join(str(value.shape) for value in given)
        raise InputError("", "theta", f"shapes {shapes}", "shapes of theta, b and b2 that broadcast") from None
    angles, *thresholds = given
    found = _luckflow.kernel(
        _spread(angles, shape), *(_spread(b, shape if b.size > 1 else b.shape) for b in thresholds)
    )
    shaped: list[Any] = [values.reshape(shape) if shape else float(values[0]) for values in found]
    return KernelSlopes(*shaped) if derivative else Kernel(*shaped[:2])


def _spread(value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Entries one after another, as many as the shape has."""
    return (value if value.shape == shape else np.broadcast_to(value, shape)).ravel()


def overlap(theta: ArrayLike, b: ArrayLike) -> KernelSlopes:
    """D, L, dD/dθ and dL/dθ of two unit nodes with a common threshold: short for `kernel` with ``derivative=True``."""
    return kernel(theta, b, derivative=True)


def overlaps(
    W: ArrayLike, W_star: ArrayLike | None = None, b: ArrayLike = 0.0, b_star: ArrayLike | None = None
) -> Overlaps:
    """Exact overlaps of a student layer with itself and with a teacher layer, for x ~ N(0, I).

    Parameters
    ----------
    W : array_like, shape (d, n)
        Student nodes, a node per column, of any norm.
    W_star : array_like, shape (d, m), optional
        Teacher nodes; none if it is not given.
    b, b_star : float or array_like, shape (n,) and (m,)
        Thresholds: a node is active where w·x > b. `b_star` is `b` where it is not given.

    Returns
    -------
    Overlaps
        D, D_star, L, L_star: P(both active) and E[product of activations], (n, n) and (n, m).

    Raises
    ------
    InputError
        Shapes that do not belong together, entries that are not finite.

    Notes
    -----
    Accurate to 1e-12, relative, where D > 1e-100; to 1e-13 of D(0) where all nodes are of unit norm and share their
    threshold, which is much faster. Source: docs/theory.md; for b = 0 the arc-cosine kernels of Cho and Saul (2009).
    """
    return Overlaps(*_luckflow.overlaps(*_layers(W, W_star, b, b_star)))


def overlaps_mc(
    W: ArrayLike,
    W_star: ArrayLike | None = None,
    b: ArrayLike = 0.0,
    b_star: ArrayLike | None = None,
    *,
    samples: int,
    seed: int = 1,
    covariance: ArrayLike | None = None,
    rows: ArrayLike | None = None,
    precision: str = "f64",
) -> tuple[Overlaps, Overlaps]:
    """Overlaps as means over samples of the input, with their standard errors.

    Parameters
    ----------
    W, W_star, b, b_star
        As for `overlaps`.
    samples : int
        Number of samples N, at least 2.
    seed : int
        From which they come; the same for any number of threads.
    covariance : array_like, shape (d, d), optional
        x ~ N(0, covariance) in place of N(0, I).
    rows : array_like, shape (N', d), optional
        x is one of these rows, drawn with replacement.
    precision : {"f64", "f32"}
        Of samples and pre-activations; f32 is twice as fast.

    Returns
    -------
    mean, standard_error : Overlaps
        Estimates and one standard error of each.

    Raises
    ------
    InputError
        As for `overlaps`; a covariance that is none; both `covariance` and `rows`.
    """
    if precision not in ("f64", "f32"):
        raise InputError("", "precision", repr(precision), '"f64" or "f32"')
    drawn = _luckflow.overlaps_mc(
        *_layers(W, W_star, b, b_star),
        whole("samples", samples),
        whole("seed", seed),
        precision == "f32",
        covariance,
        rows,
    )
    mean, error = (Overlaps(*parts) for parts in drawn)
    return mean, error


def _layers(W: Any, W_star: Any, b: Any, b_star: Any) -> tuple[Any, Any, Any, Any]:
    if W_star is None:
        shape = np.shape(W)
        return W, np.empty((shape[0] if len(shape) == 2 else 0, 0)), b, 0.0 if b_star is None else b_star
    return W, W_star, b, b if b_star is None else b_star


def whole(name: str, value: Any) -> int:
    """A whole number that is not negative."""
    try:
        number = int(value)
    except (TypeError, ValueError, OverflowError):
        number = -1
    if number < 0 or number != value or number >= 1 << 63:
        raise InputError("", name, repr(value), "a whole number from 0 to 2⁶³ − 1")
    return number
