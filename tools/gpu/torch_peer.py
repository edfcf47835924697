#!/usr/bin/env python3
"""The workloads of `tengen bench train` in PyTorch on the GPU, for its --peer.

usage: torch_peer.py WORKLOAD fp32|bf16 SECONDS THREADS
Prints one line of JSON: samples a second and the peak of device memory. Each step is a whole one:
forward, loss, backward, update, by torch.compile; images channels-last; bf16 by autocast; fp32
with TF32 products, as Tengen's. What torch.compile refuses (it says so) runs without it.
"""
import json
import sys
import time

import torch
from torch import nn


class ResidualBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x):
        y = torch.relu(self.norm1(self.conv1(x)))
        return torch.relu(self.norm2(self.conv2(y)) + x)


class GoTower(nn.Module):
    def __init__(self, size, channels, blocks):
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(17, channels, 3, padding=1, bias=False), nn.BatchNorm2d(channels), nn.ReLU())
        self.tower = nn.Sequential(*[ResidualBlock(channels) for _ in range(blocks)])
        self.head = nn.Sequential(
            nn.Conv2d(channels, 2, 1, bias=False), nn.BatchNorm2d(2), nn.ReLU(), nn.Flatten(),
            nn.Linear(2 * size * size, size * size + 1))

    def forward(self, x):
        return self.head(self.tower(self.stem(x)))


class CharacterLstm(nn.Module):
    SYMBOLS = 96

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(self.SYMBOLS, 128)
        self.lstm = nn.LSTM(128, 256, num_layers=2, batch_first=True)
        self.out = nn.Linear(256, self.SYMBOLS)

    def forward(self, x):
        return self.out(self.lstm(self.embedding(x))[0]).flatten(0, 1)


def sgd(net):
    return torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9, fused=True)


def adam(net):
    return torch.optim.Adam(net.parameters(), lr=1e-3, fused=True)


def classes(batch, count):
    return torch.randint(count, (batch,), device="cuda")


def mlp():
    net = nn.Sequential(
        nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10)).cuda()
    return net, sgd(net), torch.randn(128, 784, device="cuda"), classes(128, 10), 128


def lenet():
    net = nn.Sequential(
        nn.Conv2d(1, 32, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(32, 64, 5), nn.ReLU(),
        nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64 * 4 * 4, 128), nn.ReLU(), nn.Linear(128, 10))
    net = net.cuda().to(memory_format=torch.channels_last)
    return net, adam(net), torch.randn(128, 1, 28, 28, device="cuda"), classes(128, 10), 128


def go(size, channels, blocks, batch):
    net = GoTower(size, channels, blocks).cuda().to(memory_format=torch.channels_last)
    planes = torch.randn(batch, 17, size, size, device="cuda")
    return (net, sgd(net), planes.to(memory_format=torch.channels_last),
            classes(batch, size * size + 1), batch)


def lstm():
    net = CharacterLstm().cuda()
    symbols = torch.randint(CharacterLstm.SYMBOLS, (64, 64), device="cuda")
    return net, adam(net), symbols, classes(64 * 64, CharacterLstm.SYMBOLS), 64


WORKLOADS = {
    "mlp": mlp,
    "lenet": lenet,
    "go9": lambda: go(9, 64, 6, 256),
    "go9wide": lambda: go(9, 96, 6, 1024),
    "go19": lambda: go(19, 128, 10, 64),
    "lstm": lstm,
}


def main(workload, precision, seconds):
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = True
    torch.backends.cudnn.allow_tf32 = True
    torch.backends.cudnn.benchmark = True
    net, optimizer, x, target, batch = WORKLOADS[workload]()
    loss_of = nn.CrossEntropyLoss()

    def step(forward):
        optimizer.zero_grad(set_to_none=True)
        with torch.autocast("cuda", torch.bfloat16, enabled=precision == "bf16"):
            loss = loss_of(forward(x), target)
        loss.backward()
        optimizer.step()

    forward = torch.compile(net)
    try:
        step(forward)
    except Exception as refusal:  # the compiler's own errors have no common class
        print(f"{workload}: not compiled: {type(refusal).__name__}", file=sys.stderr)
        forward = net
    for _ in range(10):
        step(forward)
    torch.cuda.synchronize()
    begin, steps = time.perf_counter(), 0
    while time.perf_counter() - begin < seconds:
        for _ in range(10):
            step(forward)
        torch.cuda.synchronize()
        steps += 10
    rate = steps * batch / (time.perf_counter() - begin)
    peak = torch.cuda.max_memory_allocated() / 2**20
    print(json.dumps({"samples_per_second": round(rate, 1), "peak_mib": round(peak, 1)}))


if __name__ == "__main__":
    if len(sys.argv) != 5 or sys.argv[1] not in WORKLOADS or sys.argv[2] not in ("fp32", "bf16"):
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
