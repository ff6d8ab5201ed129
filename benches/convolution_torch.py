"""A training step of benches/convolution.rs beside the same step of PyTorch's, in turn, so that both meet the same machine.

    python3 -m venv /tmp/torch && /tmp/torch/bin/pip install torch numpy
    /tmp/torch/bin/python benches/convolution_torch.py [channels ...] [--threads 2] [--rounds 5]
"""

import argparse
import statistics
import time

import criterion_time
import torch
from torch import nn

parser = argparse.ArgumentParser()
parser.add_argument("channels", nargs="*", type=int, default=[16, 64, 128])
parser.add_argument("--threads", type=int, default=2)
parser.add_argument("--rounds", type=int, default=5)
options = parser.parse_args()
torch.set_num_threads(options.threads)


class Network:
    def __init__(self, channels, channels_last):
        torch.manual_seed(1)
        layers, below, side = [], 3, 32
        for _ in range(4):
            layers += [nn.Conv2d(below, channels, 3), nn.ReLU()]
            below, side = channels, side - 2
        self.model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(channels * side * side, 10))
        self.x, self.y = torch.randn(64, 3, 32, 32), torch.randn(64, 10)
        if channels_last:
            self.model = self.model.to(memory_format=torch.channels_last)
            self.x = self.x.to(memory_format=torch.channels_last)
        self.optimizer = torch.optim.SGD(self.model.parameters(), lr=1e-4)

    def step(self):
        begun = time.perf_counter()
        self.optimizer.zero_grad()
        nn.functional.mse_loss(self.model(self.x), self.y).backward()
        self.optimizer.step()
        return (time.perf_counter() - begun) * 1e3


def luckflow(channels):
    return 1e3 * criterion_time.seconds("convolution", f"k = {channels}, {options.threads} threads")


print(f"torch {torch.__version__}, {options.threads} threads, a step in ms, medians of {options.rounds} rounds")
criterion_time.build("convolution")
for channels in options.channels:
    networks = {"torch": Network(channels, False), "torch, channels last": Network(channels, True)}
    times = {name: [] for name in ["luckflow", *networks]}
    for network in networks.values():
        network.step()
    for _ in range(options.rounds):
        times["luckflow"].append(luckflow(channels))
        for name, network in networks.items():
            times[name].append(statistics.median(network.step() for _ in range(7)))
    medians = {name: statistics.median(found) for name, found in times.items()}
    for name in networks:
        ratios = sorted(a / b for a, b in zip(times["luckflow"], times[name]))
        print(
            f"k = {channels:3}: luckflow {medians['luckflow']:7.1f}, {name} {medians[name]:7.1f},"
            f" ratio {statistics.median(ratios):.3f} ({ratios[0]:.3f} to {ratios[-1]:.3f})",
            flush=True,
        )
