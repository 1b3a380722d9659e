#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""process.py BACKSTEP SCRIPT: the whole process `BACKSTEP python SCRIPT` beside real PyTorch, run in turn.

Prints the median wall time of each and the median of the pairwise ratios. Without PyTorch only the first is timed.
"""
import os
import statistics
import subprocess
import sys
import time

ROUNDS = 9


def wall(command):
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    return time.perf_counter() - start


def main():
    backstep, script = sys.argv[1:]
    ours, theirs = [backstep, "python", script], ["/usr/bin/python3", script]
    have_torch = subprocess.run(["/usr/bin/python3", "-c", "import torch"], stderr=subprocess.DEVNULL).returncode == 0
    os.environ["OMP_NUM_THREADS"] = "1"
    wall(ours)
    rows = []
    for _ in range(ROUNDS):
        a = wall(ours)
        rows.append((a, wall(theirs) if have_torch else float("nan")))
    name = os.path.basename(script)
    print(f"{name}: backstep python {statistics.median(a for a, _ in rows) * 1e3:.1f} ms")
    if have_torch:
        print(f"{name}: PyTorch 1.13.1  {statistics.median(b for _, b in rows) * 1e3:.1f} ms")
        print(f"{name}: ratio           1/{statistics.median(b / a for a, b in rows):.1f} (median of {ROUNDS} pairs)")
    else:
        print("PyTorch (package python3-torch) is not installed: no comparison")


if __name__ == "__main__":
    main()
