"""Writes convolution.safetensors: a small convolutional network of PyTorch's, inputs, and what it says to them.

Needs torch and safetensors. The numbers were made once, by PyTorch 2.15.0."""

import torch
from safetensors.torch import save_file

torch.manual_seed(1)
torch.set_num_threads(1)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        nn = torch.nn
        self.layers = nn.ModuleList(
            [nn.Conv2d(2, 4, 3, padding=1), nn.Conv2d(4, 5, 3), nn.Linear(5 * 5 * 4, 3)]
        )
        self.norms = nn.ModuleList([nn.BatchNorm2d(4), nn.BatchNorm2d(5)])

    def forward(self, x):
        for layer, norm in zip(self.layers, self.norms):
            x = norm(torch.relu(layer(x)))
        return self.layers[2](x.flatten(1))


network = Network()
optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, weight_decay=1e-3)
inputs, targets = torch.randn(24, 2, 7, 6), torch.randn(24, 3)
start = {f"start.{name}": value.clone() for name, value in network.state_dict().items()}
losses = []
for step in range(6):
    rows = slice(8 * (step % 3), 8 * (step % 3) + 8)
    optimizer.zero_grad()
    loss = torch.nn.functional.mse_loss(network(inputs[rows]), targets[rows])
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
network.eval()
with torch.no_grad():
    outputs = network(inputs)
tensors = start | {f"end.{name}": value for name, value in network.state_dict().items()}
tensors = {name: value for name, value in tensors.items() if not name.endswith("num_batches_tracked")}
tensors |= {
    "inputs": inputs.flatten(1),
    "targets": targets,
    "outputs": outputs,
    "losses": torch.tensor(losses),
}
save_file({name: value.contiguous() for name, value in tensors.items()}, "convolution.safetensors")
