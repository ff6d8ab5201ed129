"""Deep networks: layers from the bottom, and their numbers under the names that PyTorch gives them."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from . import _luckflow, _torch
from ._errors import InputError
from ._overlap import whole


class Layer:
    """A layer of a `Network`."""

    kind: ClassVar[str]

    def words(self) -> tuple[str, list[int]]:
        """As the compiled part has it."""
        told = astuple(self)  # type: ignore[call-overload]
        return self.kind, [whole(f"{type(self).__name__}({told})", number) for number in told]


@dataclass(frozen=True)
class Dense(Layer):
    """So many nodes that see all inputs: ``torch.nn.Linear``."""

    nodes: int
    bias: bool = True
    kind = "dense"


@dataclass(frozen=True)
class Convolution(Layer):
    """k × k positions of all channels below, with stride 1 and zeros around: ``torch.nn.Conv2d``."""

    channels: int
    kernel: int
    padding: int = 0
    bias: bool = True
    kind = "convolution"


@dataclass(frozen=True)
class BatchNorm(Layer):
    """Each node, or each channel over its positions, whitened: ``torch.nn.BatchNorm1d`` and ``BatchNorm2d``."""

    affine: bool = True
    kind = "batch-norm"


@dataclass(frozen=True)
class ReLU(Layer):
    """max(x, 0)"""

    kind = "relu"


@dataclass(frozen=True)
class Flatten(Layer):
    """Channels and positions as nodes, in the order (channel, y, x)."""

    kind = "flatten"


class Network:
    """A deep ReLU network: what trainings leave, what a teacher can be, what PyTorch takes and gives.

    Parameters
    ----------
    input : int or tuple of int
        What a sample is: d numbers, or an image of (channels, height, width).
    layers : sequence of Layer
        From the bottom; the last is `Dense`, and the first `Dense`, `Convolution` or `Flatten`.
    tensors : mapping of array_like
        The numbers of each: ``layers.l.weight`` and ``layers.l.bias`` of the l-th layer with weights, nodes first, and
        ``norms.l.weight``, ``.bias``, ``.running_mean``, ``.running_var`` of the normalisation above it. Biases and
        gains that are not given are 0 and 1.

    Raises
    ------
    InputError
        Layers that do not read each other; tensors that are missing, of another shape, or not finite.

    Notes
    -----
    Weights are as frameworks have them, a node in each row: the transpose of the theory's W_l. Numbers are kept, and
    outputs computed, in float64; normalisation adds 1e-5 to variances, as PyTorch's does.

    Examples
    --------
    >>> net = Network(2, [Dense(2), ReLU(), Dense(1)], {
    ...     "layers.0.weight": [[1, 0], [0, 1]], "layers.1.weight": [[1, -1]],
    ... })
    >>> net.outputs([[3.0, 1.0], [-1.0, 2.0]]).ravel().tolist()
    [2.0, -2.0]
    """

    def __init__(self, input: int | Sequence[int], layers: Sequence[Layer], tensors: Mapping[str, ArrayLike]) -> None:
        self.input = _shape(input)
        self.layers = tuple(layers)
        strange = [layer for layer in self.layers if not isinstance(layer, Layer)]
        if strange:
            raise InputError("", "layers", repr(strange[0]), "Dense, Convolution, BatchNorm, ReLU, Flatten")
        self._words = [layer.words() for layer in self.layers]
        self.tensors = self._filled(tensors)
        self._network = _luckflow.DeepNetwork(self._image, self._words, _safetensors().save(self.tensors))

    @property
    def _image(self) -> tuple[int, int, int]:
        return (self.input[0], 1, 1) if len(self.input) == 1 else self.input  # type: ignore[return-value]

    def _filled(self, given: Mapping[str, ArrayLike]) -> dict[str, np.ndarray]:
        """All tensors, those that may be left out included."""
        declared = {name: shape for name, shape, _ in _luckflow.DeepNetwork.tensors(self._image, self._words)}
        unknown = sorted(set(given) - set(declared))
        if unknown:
            raise InputError("", f"tensors[{unknown[0]!r}]", "a tensor too many", ", ".join(declared))
        found = {}
        for name, shape in declared.items():
            if name in given:
                found[name] = _numbers(name, given[name])
            elif name.endswith((".bias", ".running_mean")):
                found[name] = np.zeros(shape)
            elif name.startswith("norms."):
                found[name] = np.ones(shape)
            else:
                raise InputError("", f"tensors[{name!r}]", "nothing", f"an array of shape {shape}")
        return found

    def outputs(self, x: ArrayLike) -> np.ndarray:
        """What it says to samples, with running statistics where it normalises.

        Parameters
        ----------
        x : array_like, shape (N, d) or (N, channels, height, width)
            Samples.

        Returns
        -------
        ndarray, shape (N, C)
            Without a softmax.

        Raises
        ------
        InputError
            Samples of another shape, entries that are not finite.
        """
        samples = np.asarray(x)
        if samples.ndim == 4 and samples.shape[1:] == self._image:
            samples = samples.reshape(len(samples), -1)
        if samples.ndim != 2:
            allowed = f"(N, {', '.join(str(side) for side in self.input)})"
            raise InputError("", "x", f"an array of shape {samples.shape}", allowed)
        return self._network.outputs(samples)

    __call__ = outputs

    def to_torch(self, dtype: Any = None) -> Any:
        """The same network as a ``torch.nn.Sequential``, ready to evaluate.

        Parameters
        ----------
        dtype : torch.dtype, optional
            Of its numbers; ``torch.get_default_dtype()`` if it is not given. In ``torch.float64`` it says the same as
            `outputs` up to rounding.

        Returns
        -------
        torch.nn.Sequential
            In evaluation mode; ``.train()`` it to train it.
        """
        return _torch.module(self, dtype)

    @classmethod
    def from_torch(cls, module: Any, input: int | Sequence[int] | None = None) -> Network:
        """A network of PyTorch's.

        Parameters
        ----------
        module : torch.nn.Module
            A ``Sequential`` (of others, if you like) of ``Linear``, ``Conv2d``, ``BatchNorm1d``, ``BatchNorm2d``,
            ``ReLU``, ``Flatten`` and ``Identity``.
        input : int or tuple of int, optional
            What a sample is; where it is not given, the first layer says it: not for convolutions.

        Raises
        ------
        InputError
            Modules, or settings of them, that luckflow does not have: strides, groups, other paddings, biases below a
            batch normalisation's with other constants.
        """
        return cls(*_torch.parts(module, input))

    def save(self, path: str | os.PathLike, prefix: str = "teacher.") -> None:
        """Writes a safetensors file in single precision, which a scenario takes for a teacher of the same sizes:
        ``{"teacher.weights": {"file": path}}``.

        Parameters
        ----------
        path : path
            Ends in ``.safetensors``.
        prefix : str
            Before each tensor's name.
        """
        Path(path).write_bytes(self._network.single(prefix))

    @classmethod
    def load(
        cls,
        file: str | os.PathLike | bytes,
        prefix: str = "student.",
        batch_norm: str | None = None,
    ) -> Network:
        """A dense network out of a safetensors file, as trainings leave them in ``students/``.

        Parameters
        ----------
        file : path or bytes
            The file, or what it holds.
        prefix : str
            Before each tensor's name: ``"student."`` or ``"teacher."``.
        batch_norm : {"before-relu", "after-relu"}, optional
            Where hidden layers are normalised, if they are: the file does not say it.

        Raises
        ------
        InputError
            A file without such a network; normalisations of which it is not said where they are.
        """
        data = file if isinstance(file, bytes) else Path(file).read_bytes()
        try:
            all_tensors = _safetensors().load(data)
        except Exception as error:
            raise InputError("", "file", str(error), "a safetensors file") from None
        tensors = {name[len(prefix) :]: array for name, array in all_tensors.items() if name.startswith(prefix)}
        return cls(*_dense(tensors, prefix, batch_norm))

    def __repr__(self) -> str:
        return f"Network({self.input if len(self.input) > 1 else self.input[0]}, {list(self.layers)})"

    def __reduce__(self) -> Any:
        return type(self), (self.input, self.layers, self.tensors)


def _dense(
    tensors: Mapping[str, np.ndarray], prefix: str, batch_norm: str | None
) -> tuple[int, list[Layer], dict[str, np.ndarray]]:
    """Layers of a dense network from the names and shapes of its tensors."""
    kept = {name: array for name, array in tensors.items() if re.match(r"(layers|norms)\.\d+\.", name)}
    weights = {int(name.split(".")[1]): a for name, a in kept.items() if re.fullmatch(r"layers\.\d+\.weight", name)}
    if not weights or sorted(weights) != list(range(len(weights))) or any(w.ndim != 2 for w in weights.values()):
        raise InputError("", "file", f"no dense network {prefix!r}", "one whose names begin so")
    normalised = any(name.startswith("norms.") for name in kept)
    places = ("before-relu", "after-relu") if normalised else (None,)
    if batch_norm not in places:
        allowed = " or ".join(repr(place) for place in places)
        raise InputError("", "batch_norm", repr(batch_norm), f"{allowed}, of this file")
    layers: list[Layer] = []
    for l in range(len(weights)):  # noqa: E741
        bias = kept.get(f"layers.{l}.bias")
        layers.append(Dense(len(weights[l]), bias is not None and bool(np.any(bias))))
        if l + 1 < len(weights):
            norm = [BatchNorm()] if normalised else []
            layers += [*norm, ReLU()] if batch_norm == "before-relu" else [ReLU(), *norm]
    return weights[0].shape[1], layers, kept


def _shape(input: Any) -> tuple[int, ...]:
    sides = tuple(whole("input", side) for side in ([input] if np.ndim(input) == 0 else input))
    if len(sides) not in (1, 3):
        raise InputError("", "input", repr(input), "a number, or (channels, height, width)")
    return sides


def _numbers(name: str, value: Any) -> np.ndarray:
    """An array of float64 with its rows side by side, as files have them."""
    try:
        return np.ascontiguousarray(np.asarray(value).astype(np.float64, casting="same_kind"))
    except (TypeError, ValueError):
        raise InputError("", f"tensors[{name!r}]", type(value).__name__, "an array of real numbers") from None


def _safetensors() -> Any:
    try:
        import safetensors.numpy
    except ImportError as error:
        raise ImportError("networks need safetensors: pip install 'luckflow[full]'") from error
    return safetensors.numpy
