"""Deep networks: against NumPy, against numbers of PyTorch's, against a training's own."""

import pickle
from pathlib import Path

import numpy as np
import pytest

import luckflow as lf
from luckflow import BatchNorm, Convolution, Dense, Flatten, Network, ReLU

safetensors = pytest.importorskip("safetensors.numpy")

ROOT = Path(__file__).parents[2]

TRAINING = {
    "experiment": "deep-training",
    "seed": 1,
    "teacher": {"input_dim": 6, "hidden": [4, 5], "outputs": 3, "weights": "grid"},
    "student": {"widths": [2], "batch_norm": ["none", "after-relu"]},
    "data": {"samples": 400, "held_out": 64, "deviation": [1.0]},
    "training": {"epochs": 2, "batch": 20, "step": 0.05},
}


def test_a_dense_network_is_what_numpy_makes_of_it(rng):
    shapes = {"layers.0.weight": (7, 5), "layers.1.weight": (4, 7), "layers.2.weight": (3, 4)}
    tensors = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    tensors |= {"layers.0.bias": rng.normal(size=7), "layers.2.bias": rng.normal(size=3)}
    norm = {"weight": rng.normal(size=7), "bias": rng.normal(size=7), "running_mean": rng.normal(size=7)}
    norm["running_var"] = rng.uniform(0.5, 2, size=7)
    tensors |= {f"norms.0.{name}": array for name, array in norm.items()}
    layers = [Dense(7), BatchNorm(), ReLU(), Dense(4, bias=False), ReLU(), Dense(3)]
    x = rng.normal(size=(1030, 5))
    f = x @ tensors["layers.0.weight"].T + tensors["layers.0.bias"]
    f = (f - norm["running_mean"]) / np.sqrt(norm["running_var"] + 1e-5) * norm["weight"] + norm["bias"]
    f = np.maximum(f, 0) @ tensors["layers.1.weight"].T
    f = np.maximum(f, 0) @ tensors["layers.2.weight"].T + tensors["layers.2.bias"]
    net = Network(5, layers, tensors)
    np.testing.assert_allclose(net.outputs(x), f, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(net(np.asfortranarray(x)[::3].astype(np.float32)), f[::3], atol=1e-5)
    assert net.outputs(np.empty((0, 5))).shape == (0, 3)
    other = pickle.loads(pickle.dumps(net))
    np.testing.assert_array_equal(other.outputs(x), net.outputs(x))
    assert repr(other) == repr(net)


def test_a_convolutional_network_says_what_pytorch_said():
    """tests/data/convolution.py made the file, with PyTorch 2.15."""
    file = safetensors.load_file(ROOT / "tests" / "data" / "convolution.safetensors")
    tensors = {name[4:]: array for name, array in file.items() if name.startswith("end.")}
    layers = [Convolution(4, 3, 1), ReLU(), BatchNorm(), Convolution(5, 3), ReLU(), BatchNorm(), Flatten(), Dense(3)]
    net = Network((2, 7, 6), layers, tensors)
    images = file["inputs"].reshape(-1, 2, 7, 6)
    np.testing.assert_allclose(net.outputs(images), file["outputs"], atol=2e-6)
    np.testing.assert_array_equal(net.outputs(images), net.outputs(file["inputs"]))


def test_a_trainings_networks_say_what_it_measured(tmp_path):
    result = lf.run(TRAINING)
    frame = result.frame("epochs")
    assert set(result.networks) == set(frame.label) and len(result.networks) == 2
    x = np.random.default_rng(1).normal(size=(20000, 6))
    for label, (teacher, student) in result.networks.items():
        rows = frame[frame.label == label]
        assert any(isinstance(layer, BatchNorm) for layer in student.layers) == (rows.batch_norm.iloc[0] != "none")
        assert not any(isinstance(layer, BatchNorm) for layer in teacher.layers)
        # Nobody else has the held-out samples, but others like them have the same loss, within what 64 of them scatter.
        errors = ((student(x) - teacher(x)) ** 2).mean(axis=1)
        assert abs(errors.mean() - rows.held_out_loss.iloc[-1]) < 5 * errors.std() / 8
    teacher.save(tmp_path / "teacher.safetensors")
    again = lf.run(TRAINING, {"teacher.weights": {"file": str(tmp_path / "teacher.safetensors")}})
    np.testing.assert_array_equal(again.frame("epochs")["held_out_loss"], frame["held_out_loss"])


GOOD = {"layers.0.weight": np.eye(2), "layers.1.weight": np.ones((1, 2))}


@pytest.mark.parametrize(
    ("input", "layers", "tensors", "key", "found"),
    [
        (2, [Dense(2), ReLU(), Dense(1)], {"layers.0.weight": np.eye(3)}, "layers.1.weight", "nothing"),
        (2, [Dense(2), ReLU(), Dense(1)], {**GOOD, "layers.0.weight": np.eye(3)}, "layers.0.weight", "[3, 3]"),
        (2, [Dense(2), ReLU(), Dense(1)], {**GOOD, "layers.0.weight": [[np.nan, 1], [0, 1]]}, "tensors", "NaN"),
        (2, [Dense(2), ReLU(), Dense(1)], {**GOOD, "layers.2.weight": [1]}, "layers.2.weight", "too many"),
        (2, [Dense(2), ReLU(), Dense(1)], {**GOOD, "layers.0.weight": "no"}, "layers.0.weight", "str"),
        (2, [Dense(2), ReLU()], GOOD, "layers", "top"),
        (2, [Dense(0), ReLU(), Dense(1)], GOOD, "layers[0]", "no nodes"),
        (2, [Dense(-1), ReLU(), Dense(1)], GOOD, "Dense", "-1"),
        (2, [Dense(1 << 40), Dense(1)], GOOD, "layers[0]", str(1 << 40)),
        (2, [Dense(1 << 20), Dense(1 << 20), Dense(1)], GOOD, "tensors", ""),
        (0, [Dense(1)], GOOD, "input", "0"),
        ((2, 3), [Dense(1)], GOOD, "input", "(2, 3)"),
        ((1, 2, 2), [Dense(1)], GOOD, "layers[0]", "1×2×2"),
        ((1, 2, 2), [Convolution(1, 5), Flatten(), Dense(1)], GOOD, "layers[0]", "5 × 5"),
        (2, [Dense(2), "relu"], GOOD, "layers", "relu"),
    ],
)
def test_mistakes(input, layers, tensors, key, found):
    with pytest.raises(lf.InputError) as caught:
        Network(input, layers, tensors)
    assert key in caught.value.key and found in caught.value.found, str(caught.value)
    assert caught.value.allowed


def test_mistakes_in_samples_and_files(tmp_path):
    net = Network(2, [Dense(2), ReLU(), Dense(1)], GOOD)
    for x, found in [([1.0, 2.0], "(2,)"), ([[1.0, 2.0, 3.0]], "3 numbers"), ([[np.inf, 1.0]], "inf")]:
        with pytest.raises(lf.InputError) as caught:
            net.outputs(x)
        assert caught.value.key == "x" and found in caught.value.found
    net.save(tmp_path / "net.safetensors", prefix="a.")
    np.testing.assert_array_equal(Network.load(tmp_path / "net.safetensors", "a.")([[3.0, -4.0]]), [[3.0]])
    for prefix, place, key in [("student.", None, "file"), ("a.", "after-relu", "batch_norm")]:
        with pytest.raises(lf.InputError) as caught:
            Network.load(tmp_path / "net.safetensors", prefix, place)
        assert caught.value.key == key
    with pytest.raises(lf.InputError, match="a safetensors file"):
        Network.load(b"no such thing")
