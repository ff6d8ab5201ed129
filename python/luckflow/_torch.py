"""Networks to PyTorch and back; PyTorch is needed only when one of these is called."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from ._errors import InputError

if TYPE_CHECKING:
    from ._network import Network

#: What normalisation adds to variances, and the part of a batch in running statistics: PyTorch's own settings.
EPSILON, MOMENTUM = 1e-5, 0.1


def torch() -> Any:
    """The module, or a word on how to get it."""
    try:
        import torch
    except ImportError as error:
        raise ImportError("PyTorch is needed for this: pip install torch") from error
    return torch


def module(network: Network, dtype: Any) -> Any:
    """A `torch.nn.Sequential` that says the same."""
    from ._network import BatchNorm, Convolution, Dense, Flatten

    nn = torch().nn
    dtype = torch().get_default_dtype() if dtype is None else dtype
    channels, flat, stage = network.input[0], len(network.input) == 1, -1
    sides = np.array(network.input[1:])
    made = []
    for layer in network.layers:
        group = "layers"
        if isinstance(layer, Dense):
            stage += 1
            made.append(nn.Linear(channels, layer.nodes, bias=layer.bias, dtype=dtype))
            channels, flat = layer.nodes, True
        elif isinstance(layer, Convolution):
            stage += 1
            options = dict(padding=layer.padding, bias=layer.bias, dtype=dtype)
            made.append(nn.Conv2d(channels, layer.channels, layer.kernel, **options))
            channels, sides = layer.channels, sides + 2 * layer.padding - layer.kernel + 1
        elif isinstance(layer, BatchNorm):
            group = "norms"
            normalisation = nn.BatchNorm1d if flat else nn.BatchNorm2d
            made.append(normalisation(channels, affine=layer.affine, dtype=dtype))
        elif isinstance(layer, Flatten):
            made.append(nn.Flatten())
            channels, flat = channels * int(np.prod(sides)), True
            continue
        else:
            made.append(nn.ReLU())
            continue
        state = made[-1].state_dict()
        for name in state.keys() - {"num_batches_tracked"}:
            state[name] = torch().from_numpy(network.tensors[f"{group}.{stage}.{name}"].copy())
        made[-1].load_state_dict(state)
    return nn.Sequential(*made).eval()


def parts(module: Any, input: Any) -> tuple[Any, list[Any], dict[str, np.ndarray]]:
    """What a sample is, layers and tensors of a module."""
    from ._network import BatchNorm, Convolution, Dense, Flatten, ReLU

    nn = torch().nn
    layers: list[Any] = []
    tensors: dict[str, np.ndarray] = {}
    stage = -1
    for name, part in _leaves(module, ""):
        group = "layers"
        if isinstance(part, nn.Linear):
            stage += 1
            layers.append(Dense(part.out_features, part.bias is not None))
            input = part.in_features if input is None and len(layers) == 1 else input
        elif type(part) is nn.Conv2d:
            stage += 1
            layers.append(_convolution(name, part, Convolution))
        elif isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
            _plain(name, part, {"eps": EPSILON, "momentum": MOMENTUM, "track_running_stats": True})
            layers.append(BatchNorm(part.affine))
            group = "norms"
        elif isinstance(part, nn.ReLU):
            layers.append(ReLU())
            continue
        elif isinstance(part, nn.Flatten):
            _plain(name, part, {"start_dim": 1, "end_dim": -1})
            layers.append(Flatten())
            continue
        elif isinstance(part, nn.Identity):
            continue
        else:
            allowed = "Sequential, Linear, Conv2d, BatchNorm1d, BatchNorm2d, ReLU, Flatten, Identity"
            raise InputError("", name or "module", type(part).__name__, allowed)
        for key, value in part.state_dict().items():
            if key != "num_batches_tracked":
                tensors[f"{group}.{stage}.{key}"] = value.detach().cpu().to(torch().float64).numpy()
    if input is None:
        raise InputError("", "input", "nothing", "(channels, height, width) of what the first layer reads")
    return input, layers, tensors


def _leaves(module: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Modules in the order in which a `Sequential` calls them."""
    if isinstance(module, torch().nn.Sequential):
        for key, child in module.named_children():
            yield from _leaves(child, f"{name}.{key}" if name else key)
    else:
        yield name, module


def _convolution(name: str, part: Any, convolution: Any) -> Any:
    _plain(name, part, {"stride": (1, 1), "dilation": (1, 1), "groups": 1, "padding_mode": "zeros"})
    height, width = part.kernel_size
    if height != width:
        raise InputError("", f"{name}.kernel_size", repr(part.kernel_size), "a square")
    # PyTorch has the padding in words, too.
    words = {"valid": (0, 0), "same": ((height - 1) // 2,) * 2}
    padding = words[part.padding] if isinstance(part.padding, str) else tuple(part.padding)
    if padding[0] != padding[1] or (part.padding == "same" and height % 2 == 0):
        raise InputError("", f"{name}.padding", repr(part.padding), "the same on all sides")
    return convolution(part.out_channels, height, padding[0], part.bias is not None)


def _plain(name: str, part: Any, wanted: dict[str, Any]) -> None:
    """Settings that luckflow has one value of."""
    for key, allowed in wanted.items():
        found = getattr(part, key)
        if found != allowed:
            raise InputError("", f"{name}.{key}" if name else key, repr(found), repr(allowed))
