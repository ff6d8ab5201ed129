"""Networks to PyTorch and back: both say the same."""

import numpy as np
import pytest

import luckflow as lf
from luckflow import BatchNorm, Convolution, Dense, Flatten, Network, ReLU

torch = pytest.importorskip("torch", reason="PyTorch is not installed: networks are not compared with it")
pytest.importorskip("safetensors")
nn = torch.nn


def trained(module, x):
    """After some steps, so that running statistics and gains are no longer what they were made as."""
    optimizer = torch.optim.SGD(module.parameters(), lr=0.05, momentum=0.9)
    for _ in range(5):
        optimizer.zero_grad()
        (module(x) ** 2).mean().backward()
        optimizer.step()
    return module.eval()


MODULES = {
    "dense": (
        5,
        lambda: nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.Linear(8, 6, bias=False), nn.ReLU(), nn.Linear(6, 3)),
    ),
    "norm before ReLU": (
        5,
        lambda: nn.Sequential(nn.Linear(5, 8, bias=False), nn.BatchNorm1d(8), nn.ReLU(), nn.Linear(8, 3)),
    ),
    "norm after ReLU, without gains": (
        5,
        lambda: nn.Sequential(nn.Linear(5, 8), nn.ReLU(), nn.BatchNorm1d(8, affine=False), nn.Linear(8, 3)),
    ),
    "convolution": (
        (2, 7, 6),
        lambda: nn.Sequential(
            nn.Sequential(nn.Conv2d(2, 4, 3, padding=1), nn.BatchNorm2d(4), nn.ReLU()),
            nn.Sequential(nn.Conv2d(4, 5, 3, bias=False), nn.ReLU(), nn.BatchNorm2d(5)),
            nn.Flatten(),
            nn.Identity(),
            nn.Linear(5 * 5 * 4, 3),
        ),
    ),
    "same": (
        (1, 5, 5),
        lambda: nn.Sequential(nn.Conv2d(1, 2, 5, padding="same"), nn.ReLU(), nn.Flatten(), nn.Linear(50, 2)),
    ),
}


@pytest.mark.parametrize("name", MODULES)
def test_both_say_the_same(name):
    torch.manual_seed(1)
    input, make = MODULES[name]
    shape = (input,) if isinstance(input, int) else input
    x = torch.randn(40, *shape, dtype=torch.float64)
    module = trained(make().double(), x)
    net = Network.from_torch(module, input if len(shape) > 1 else None)
    with torch.no_grad():
        wanted = module(x).numpy()
        np.testing.assert_allclose(net.outputs(x.numpy()), wanted, rtol=1e-12, atol=1e-12)
        back = net.to_torch(torch.float64)
        np.testing.assert_allclose(back(x).numpy(), wanted, rtol=1e-13, atol=1e-13)
        assert not back.training
        single = net.to_torch()
        assert {p.dtype for p in single.parameters()} == {torch.float32}
        np.testing.assert_allclose(single(x.float()).numpy(), wanted, atol=1e-5)
    again = Network.from_torch(back, input)
    assert again.layers == net.layers and again.tensors.keys() == net.tensors.keys()
    for key, array in net.tensors.items():
        np.testing.assert_array_equal(again.tensors[key], array)
    # What is learned is what PyTorch trains.
    learned = sum(p.numel() for p in module.parameters())
    assert sum(p.numel() for p in back.parameters()) == learned


def test_what_luckflow_made_trains_in_pytorch():
    layers = [Convolution(3, 3, 1), BatchNorm(), ReLU(), Flatten(), Dense(2)]
    rng = np.random.default_rng(1)
    tensors = {"layers.0.weight": rng.normal(size=(3, 1, 3, 3)), "layers.1.weight": rng.normal(size=(2, 48))}
    net = Network((1, 4, 4), layers, tensors)
    module, x = net.to_torch(torch.float64), torch.randn(32, 1, 4, 4, dtype=torch.float64)
    before = net.outputs(x.numpy())
    after = Network.from_torch(trained(module.train(), x), (1, 4, 4)).outputs(x.numpy())
    assert np.abs(after - before).max() > 0.01
    np.testing.assert_array_equal(net.outputs(x.numpy()), before)  # no number is shared
    with torch.no_grad():
        np.testing.assert_allclose(after, module(x).numpy(), rtol=1e-12, atol=1e-12)


def test_a_teacher_of_pytorchs_teaches_here(tmp_path):
    torch.manual_seed(2)
    teacher = nn.Sequential(nn.Linear(6, 4, bias=False), nn.ReLU(), nn.Linear(4, 5, bias=False), nn.ReLU())
    teacher.append(nn.Linear(5, 3, bias=False))
    net = Network.from_torch(teacher)
    net.save(tmp_path / "teacher.safetensors")
    scenario = {
        "experiment": "deep-training",
        "teacher": {
            "input_dim": 6,
            "hidden": [4, 5],
            "outputs": 3,
            "weights": {"file": str(tmp_path / "teacher.safetensors")},
        },
        "student": {"widths": [2]},
        "data": {"samples": 200, "held_out": 64},
        "training": {"epochs": 1, "batch": 20, "step": 0.05},
    }
    found = next(iter(lf.run(scenario).networks.values())).teacher
    x = np.random.default_rng(3).normal(size=(20, 6))
    np.testing.assert_allclose(found.outputs(x), net.outputs(x), rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize(
    ("module", "key", "found"),
    [
        (nn.Sequential(nn.Linear(2, 2), nn.Tanh(), nn.Linear(2, 1)), "1", "Tanh"),
        (nn.Sequential(nn.Conv2d(1, 2, 3, stride=2), nn.Flatten(), nn.Linear(2, 1)), "0.stride", "(2, 2)"),
        (nn.Sequential(nn.Conv2d(2, 2, 3, groups=2), nn.Flatten(), nn.Linear(2, 1)), "0.groups", "2"),
        (nn.Sequential(nn.Conv2d(1, 2, (3, 1)), nn.Flatten(), nn.Linear(2, 1)), "0.kernel_size", "(3, 1)"),
        (nn.Sequential(nn.Conv2d(1, 2, 3, padding=(1, 0)), nn.Flatten(), nn.Linear(2, 1)), "0.padding", "(1, 0)"),
        (nn.Sequential(nn.Conv2d(1, 2, 2, padding="same"), nn.Flatten(), nn.Linear(2, 1)), "0.padding", "same"),
        (nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(2, 1)), "input", "nothing"),
        (nn.Sequential(nn.Linear(2, 2), nn.BatchNorm1d(2, eps=1e-3), nn.ReLU(), nn.Linear(2, 1)), "1.eps", "0.001"),
        (nn.Sequential(nn.Linear(2, 2), nn.ReLU()), "layers", "top"),
        (nn.Sequential(nn.Linear(2, 2), nn.Sequential(nn.ReLU(), nn.GELU())), "1.1", "GELU"),
        (nn.Tanh(), "module", "Tanh"),
    ],
)
def test_what_luckflow_does_not_have(module, key, found):
    with pytest.raises(lf.InputError) as caught:
        Network.from_torch(module)
    assert caught.value.key == key and found in caught.value.found and caught.value.allowed, str(caught.value)
