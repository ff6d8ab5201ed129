"""Flows as vector fields in JAX, which is needed only when one is asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ._errors import InputError

if TYPE_CHECKING:
    from ._flow import Flow


def field(flow: Flow) -> Callable[..., Any]:
    """dy/dt of packed states, by a callback, with the Jacobian for its derivative."""
    try:
        import jax
    except ImportError as error:
        raise ImportError("JAX is needed for this: pip install jax") from error
    if not jax.config.jax_enable_x64:  # type: ignore[attr-defined]
        allowed = 'double precision: jax.config.update("jax_enable_x64", True)'
        raise InputError("", "jax_enable_x64", "single precision", allowed)

    def called(function: Callable[[Any], Any], y: Any, shape: tuple[int, ...]) -> Any:
        kind = jax.ShapeDtypeStruct(shape, np.float64)
        return jax.pure_callback(function, kind, y, vmap_method="sequential")

    @jax.custom_jvp
    def velocity(y: Any) -> Any:
        return called(lambda y: flow(0.0, np.asarray(y)), y, y.shape)

    @velocity.defjvp
    def derivative(primals: Any, tangents: Any) -> Any:
        (y,), (dy,) = primals, tangents
        # A matrix, and not its product with dy: so the derivative can be transposed, too.
        jacobian = called(lambda y: flow.jacobian(*flow.unpack(y)), y, (*y.shape, *y.shape))
        return velocity(y), jacobian @ dy

    return lambda t, y, args=None: velocity(y)
