#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a person waits for: from exec to the first drawn frame, beside a window with nothing in it, and from a key to the
drawn frame. Alternating runs, medians. Arguments: minimal-window, backstep, a script. Run me under xvfb-run and
dbus-run-session."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = int(os.environ.get("BACKSTEP_RUNS", "9"))


CAIRO = {"GDK_DEBUG": "gl-disable", "GSK_RENDERER": "cairo"}  # what backstep chooses where there is no graphics card


def first_frame(command, environment):
    start = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    line = process.stdout.readline()
    took = (time.perf_counter() - start) * 1000
    process.communicate()
    if not line:
        sys.exit(f"{command[0]} drew nothing")
    return took


MILLION = """import torch
w = torch.tensor(10.0, requires_grad=True)
lr = 0.0001
for i in range(28000):
    loss = w ** 2 + 20
    if w.grad is not None:
        w.grad.zero_()
    loss.sum().backward()
    w.data = w.data - lr * w.grad
"""


def main():
    minimal, backstep, script = sys.argv[1:4]
    commands = {"minimal window": ([minimal], {}), "the same, Cairo": ([minimal], CAIRO),
                "backstep": ([backstep, "--measure-start", script], {})}
    times = {name: [] for name in commands}
    for i in range(RUNS + 1):
        for name, command in commands.items():
            took = first_frame(*command)
            if i > 0:  # the first ones warm the caches
                times[name].append(took)
    for name, values in times.items():
        print(f"{name:16} {statistics.median(values):7.1f} ms to the first frame (median of {RUNS}, {min(values):.1f} to {max(values):.1f})")
    for name in list(commands)[:2]:
        print(f"backstep / {name}: {statistics.median(times['backstep']) / statistics.median(times[name]):.2f}")
    print(subprocess.run([backstep, "--measure-steps=200", script], capture_output=True, text=True).stdout.strip())
    print(subprocess.run([backstep, "--measure-drags=100", script], capture_output=True, text=True).stdout.strip())
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "million.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(MILLION)
        print("in a million events:", subprocess.run([backstep, "--measure-seeks=200", path], capture_output=True, text=True).stdout.strip())


main()
