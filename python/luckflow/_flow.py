"""The projected flow of a two-layer student beside its teacher."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from . import _luckflow
from ._bar import shown
from ._errors import InputError
from ._jax import field
from ._overlap import whole
from ._trajectory import Trajectory


@dataclass(frozen=True, eq=False)
class MonteCarlo:
    """Overlaps from samples of the input, in place of exact ones.

    Parameters
    ----------
    samples : int
        Number of samples N, at least 2.
    seed : int
        From which they come.
    resample : {"never", "every-evaluation"}
        One sample for all evaluations; or a fresh one each time, which needs a method of fixed step.
    precision : {"f64", "f32"}
        Of samples and pre-activations.
    covariance : array_like, shape (d, d), optional
        x ~ N(0, covariance) in place of N(0, I).
    rows : array_like, shape (N', d), optional
        x is one of these rows; the first N of them where they are never drawn again.
    """

    samples: int
    seed: int = 1
    resample: str = "never"
    precision: str = "f64"
    covariance: ArrayLike | None = None
    rows: ArrayLike | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "samples", whole("samples", self.samples))
        object.__setattr__(self, "seed", whole("seed", self.seed))


@dataclass(frozen=True)
class Stepping:
    """How a run steps."""

    method: str
    rtol: float
    atol: float
    step: float | None
    max_steps: int


class State(NamedTuple):
    """One moment of a run."""

    t: float
    W: np.ndarray
    V: np.ndarray
    theta: np.ndarray
    loss: float


class Flow(_luckflow.FlowField):
    """The vector field dW/dt = P⊥(W* H*ᵀ − W Hᵀ), dV/dt = L* V* − L V of a student beside its teacher.

    H = D∘(V Vᵀ) and H* = D*∘(V V*ᵀ), with the overlaps D, D*, L, L* of `overlaps`. For x ~ N(0, I) it is the
    Riemannian gradient flow of the population loss (docs/theory.md). An object may be called as ``flow(t, y)`` with
    packed states, as `scipy.integrate.solve_ivp` does.

    Parameters
    ----------
    W_star : array_like, shape (d, m)
        Teacher nodes, a node per column.
    V_star : array_like, shape (m, C), optional
        Its fan-out weights. Without them all fan-out weights are one and C = 1: the setting of Theorem 4.
    b, b_star : float or array_like, shape (n,) and (m,)
        Thresholds of student and teacher; `b_star` is `b` where it is not given.
    projection : bool
        Whether P⊥ keeps nodes on their spheres.
    fan_out : {"fixed", "running", "normalized"}
        Whether V stays, follows its equation, or does so with columns of unit norm.
    overlap : "exact" or MonteCarlo
        For x ~ N(0, I) in closed form, or from samples.

    Raises
    ------
    InputError
        Shapes that do not belong together, entries that are not finite, teacher nodes that are zero.

    Examples
    --------
    >>> import numpy as np
    >>> flow = Flow(np.eye(2), b=1.0)
    >>> run = flow.simulate([[0.9, 0.2], [0.1, 0.8]], t=100)
    >>> bool(run.theta[-1].max() < 1e-3)
    True
    """

    _given: tuple[tuple[Any, Any], dict[str, Any]]

    def __new__(
        cls,
        W_star: ArrayLike,
        V_star: ArrayLike | None = None,
        *,
        b: ArrayLike = 0.0,
        b_star: ArrayLike | None = None,
        projection: bool = True,
        fan_out: str = "fixed",
        overlap: str | MonteCarlo = "exact",
    ) -> Flow:
        sampling = overlap if isinstance(overlap, MonteCarlo) else None
        if sampling is None and overlap != "exact":
            raise InputError("", "overlap", repr(overlap), '"exact" or a MonteCarlo')
        flow = super().__new__(cls, W_star, V_star, b, b if b_star is None else b_star, projection, fan_out, sampling)
        options = {"b": b, "b_star": b_star, "projection": projection, "fan_out": fan_out, "overlap": overlap}
        flow._given = (W_star, V_star), options
        return flow

    def __reduce__(self) -> Any:
        return _again, (type(self), *self._given)

    def unpack(self, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
        """W and V of a packed state, or of many.

        Parameters
        ----------
        y : array_like, shape (n (d + C),) or (n (d + C), T)
            A state; or states as columns, as ``solve_ivp(...).y`` has them.

        Returns
        -------
        W : ndarray, shape (d, n) or (T, d, n)
        V : ndarray, shape (n, C) or (T, n, C)

        Raises
        ------
        InputError
            A length that is none of a state.
        """
        y = np.asarray(y, dtype=float)
        d, C = self.input_dim, self.outputs
        n = len(y) // (d + C)
        if y.ndim not in (1, 2) or n == 0 or len(y) != n * (d + C):
            raise InputError("", "y", f"an array of shape {list(y.shape)}", f"n (d + C), a multiple of {d + C}")
        W = y[: n * d].reshape(n, d, *y.shape[1:])
        V = y[n * d :].reshape(n, C, *y.shape[1:])
        if y.ndim == 1:
            return W.T.copy(), V.copy()
        return np.ascontiguousarray(np.transpose(W, (2, 1, 0))), np.ascontiguousarray(np.moveaxis(V, -1, 0))

    def jax(self) -> Callable[..., Any]:
        """The vector field as a function of JAX's, with its derivative: what ``diffrax.ODETerm`` takes.

        Returns
        -------
        callable
            ``field(t, y, args=None)`` → dy/dt of packed states, shape (n (d + C),), in double precision
            (``jax.config.update("jax_enable_x64", True)``). It is computed outside of JAX, by a callback; ``jit``,
            ``vmap``, ``jvp`` and ``grad`` take it. A derivative is a whole Jacobian, once for each state.
        """
        return field(self)

    def simulate(
        self,
        W: ArrayLike,
        V: ArrayLike | None = None,
        *,
        t: ArrayLike,
        method: str = "dop853",
        rtol: float = 1e-12,
        atol: float = 1e-14,
        step: float | None = None,
        max_steps: int = 100_000_000,
        progress: bool | Callable[[float, str], Any] = False,
    ) -> Trajectory:
        """Integrates from W and V at time 0.

        Parameters
        ----------
        W : array_like, shape (d, n)
        V : array_like, shape (n, C), optional
            Ones, if V_star was not given.
        t : float or array_like
            The final time, with 200 equal intervals; or the times of output, ascending.
        method : {"dop853", "dopri5", "rkc", "rk4", "gradient-descent"}
            Adaptive of order 8, 5 and 2 (the last for widely spread rates), or of fixed step.
        rtol, atol : float
            Local error per step below atol + rtol·|y|, for adaptive methods.
        step : float
            Of the other two; of gradient descent it is η. Outputs are then given at the nearest step.
        max_steps : int
            After which the run is given up.
        progress : bool or callable
            A tqdm bar, or a function of the part that is done, from 0 to 1, and words.

        Returns
        -------
        Trajectory

        Raises
        ------
        InputError
            Shapes, times, steps or tolerances that make no sense.
        KeyboardInterrupt
            Within half a second of Ctrl-C.
        """
        times = _times(t)
        stepping = Stepping(method, float(rtol), float(atol), step, whole("max_steps", max_steps))
        with shown(progress) as show:
            found = _luckflow.simulate(self, W, V, times, stepping, show)
        return Trajectory(flow=self, options=dict(method=method, rtol=rtol, atol=atol, step=step), **found)

    def steps(self, W: ArrayLike, V: ArrayLike | None = None, *, t: ArrayLike, **options: Any) -> Iterator[State]:
        """The states at the times `t`, one after another: what is not asked for is not integrated.

        Each interval begins a run of its own, from the state before it. To stop at an event, leave the loop.

        Parameters
        ----------
        W, V, t, **options
            As for `simulate`.

        Yields
        ------
        State
            t, W, V, theta, loss; the first at time 0.
        """
        now = 0.0
        for index, time in enumerate(_times(t)):
            part = self.simulate(W, V, t=[time - now], **options)
            if index == 0:
                yield State(0.0, part.W[0], part.V[0], part.theta[0], float(part.loss[0]))
            now += float(part.t[-1])
            state = State(now, part.W[-1], part.V[-1], part.theta[-1], float(part.loss[-1]))
            yield state
            W, V = state.W, state.V
            if part.end["kind"] != "horizon":
                return


def _times(t: ArrayLike) -> np.ndarray:
    """Times after 0."""
    times = np.asarray(t)
    if times.ndim == 0:
        times = times * np.arange(1, 201) / 200
    return times[1:] if times.ndim == 1 and len(times) > 1 and times[0] == 0 else times


def _again(cls: type[Flow], teacher: tuple[Any, Any], options: dict[str, Any]) -> Flow:
    return cls(*teacher, **options)
