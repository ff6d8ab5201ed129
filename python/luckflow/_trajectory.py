"""A run of the flow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _tables
from ._errors import InputError


@dataclass(eq=False)
class Trajectory:
    """A run at T times, the first of them 0.

    Attributes
    ----------
    t : ndarray, shape (T,)
        Times.
    W : ndarray, shape (T, d, n)
        Student nodes, a node per column.
    V : ndarray, shape (T, n, C)
        Fan-out weights.
    theta, theta_rate : ndarray, shape (T, min(n, m))
        Angles of the first nodes to their teacher nodes in radians, and dθ/dt.
    loss : ndarray, shape (T,)
        Population loss.
    dissipated : ndarray, shape (T,)
        ∫(‖dW/dt‖² + ‖dV/dt‖²)dt since the start: what the loss fell by, where the flow is its gradient flow.
    end : dict
        Why it ended: ``kind``, ``regular``, ``reason``, ``advice``.
    steps, evaluations : int
        Accepted steps, and evaluations of the field.
    """

    flow: Any = field(repr=False)
    options: dict[str, Any] = field(repr=False)
    t: np.ndarray = field(repr=False)
    W: np.ndarray = field(repr=False)
    V: np.ndarray = field(repr=False)
    theta: np.ndarray = field(repr=False)
    theta_rate: np.ndarray = field(repr=False)
    loss: np.ndarray = field(repr=False)
    dissipated: np.ndarray = field(repr=False)
    end: dict[str, Any]
    steps: int
    evaluations: int

    def __len__(self) -> int:
        return len(self.t)

    def at(self, t: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """W and V at any time of the run, integrated from the output before it: as exact as the run itself.

        Parameters
        ----------
        t : float or array_like, shape (S,)
            From 0 to the last time.

        Returns
        -------
        W : ndarray, shape (d, n) or (S, d, n)
        V : ndarray, shape (n, C) or (S, n, C)

        Raises
        ------
        InputError
            Times outside the run.
        """
        times = np.asarray(t, dtype=float)
        if times.size and not (times.min() >= 0 and times.max() <= self.t[-1]):
            raise InputError("", "t", f"{times.min()} to {times.max()}", f"0 to {self.t[-1]}")
        found = [self._at(float(time)) for time in times.ravel()]
        W = np.array([W for W, _ in found]).reshape(times.shape + self.W.shape[1:])
        V = np.array([V for _, V in found]).reshape(times.shape + self.V.shape[1:])
        return W, V

    def _at(self, time: float) -> tuple[np.ndarray, np.ndarray]:
        before = int(np.searchsorted(self.t, time, side="right")) - 1
        W, V = self.W[before], self.V[before]
        rest = time - self.t[before]
        if rest <= 0:
            return W, V
        part = self.flow.simulate(W, V, t=[rest], **self.options)
        return part.W[-1], part.V[-1]

    def frame(self) -> Any:
        """Time, loss, dissipated energy and angles as a pandas frame."""
        columns = dict(time=self.t, loss=self.loss, dissipated=self.dissipated)
        columns |= {f"theta_{j + 1}": angle for j, angle in enumerate(self.theta.T)}
        return _tables.frame(columns)

    def plot(self, ax: Any = None) -> Any:
        """Angles over time, the largest drawn heavier; gives back the axes."""
        if ax is None:
            from matplotlib import pyplot

            ax = pyplot.figure(layout="constrained").add_subplot()
        ax.semilogy(self.t, self.theta, color="#56b4e9", linewidth=0.8)
        ax.semilogy(self.t, self.theta.max(axis=1), color="black", linewidth=1.8, label="largest angle")
        ax.set(xlabel="time t", ylabel="angle to the teacher θ (radians)")
        ax.legend()
        return ax
