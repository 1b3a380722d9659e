#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""engine.py ENGINE_BENCH BACKSTEP ROWS: the speed table. Everything runs in turn, several rounds, one thread; medians.

The aims are ratios: machines drift by half, PyTorch in the same run drifts with them.
"""
import os
import statistics
import subprocess
import sys

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "3"))
PYTORCH = "/usr/bin/python3"
AIMS = {  # (C API, Python): shares of PyTorch, or nanoseconds
    "quadratic": ("1/120", "1/11"),
    "linear": ("1/60", "1/10"),
    "scalars": ("60 ns", "450 ns"),
    "training": ("0.70", "0.70"),
    "large": ("0.30", "0.30"),
}


def lines(command):
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    rows = [line.split() for line in done.stdout.splitlines()]
    return {row[0]: [float(value) for value in row[1:]] for row in rows if len(row) > 1}


def same_kernel():
    """PyTorch's OpenBLAS gets the kernel that ours chooses."""
    flags = next((line for line in open("/proc/cpuinfo", encoding="utf-8") if line.startswith("flags")), "").split()
    if all(flag in flags for flag in ("avx512f", "avx512dq", "avx512bw", "avx512vl")):
        os.environ.setdefault("OPENBLAS_CORETYPE", "SkylakeX")


def show(name, what, ns, theirs, aim):
    ratio = ""
    if theirs:
        share = ns / theirs
        ratio = f"{share:.2f} of PyTorch" if share > 0.15 else f"1/{1 / share:.0f} of PyTorch"
    print(f"{name:10} {what:8} {ns:14.1f} ns  {ratio:18} (aim {aim})")


def main():
    bench, backstep, script = sys.argv[1:4]
    os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
    same_kernel()
    have = subprocess.run([PYTORCH, "-c", "import torch"], stderr=subprocess.DEVNULL, check=False).returncode == 0
    samples = {}
    for _ in range(ROUNDS):
        for name, (ns, limit) in lines([bench]).items():
            samples.setdefault((name, "C"), []).append(ns)
            samples.setdefault((name, "limit"), []).append(limit)
        for name, (ns,) in lines([backstep, "python", script]).items():
            samples.setdefault((name, "Python"), []).append(ns)
        for name, (ns,) in lines([PYTORCH, script]).items() if have else ():
            samples.setdefault((name, "PyTorch"), []).append(ns)
    median = {key: statistics.median(values) for key, values in samples.items()}
    for name, aims in AIMS.items():
        theirs = median.get((name, "PyTorch"))
        if theirs:
            print(f"{name:10} PyTorch  {theirs:14.1f} ns")
        for what, aim in zip(("C", "Python"), aims):
            if (name, what) in median:
                show(name, what, median[name, what], theirs, aim)
        print(f"{name:10} limit    {median[name, 'limit']:14.1f} ns")
    if not have:
        print("PyTorch (package python3-torch) is not installed: no comparison")


if __name__ == "__main__":
    main()
