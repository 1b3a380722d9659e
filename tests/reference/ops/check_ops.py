# SPDX-License-Identifier: MIT
"""check_ops.py [-v] [CALL...]: every call of cases.py with our torch against what PyTorch said (answers.jsonl.gz).

Dtype, shape, grad_fn, error texts and warnings must be equal; numbers too, or, counted apart, within a few units of the last
place. A call listed in known.txt may differ; it fails when it no longer does. Prints TAP, one test a function."""
import gzip
import json
import math
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import torch  # noqa: E402

import cases  # noqa: E402

NEAR = {"torch.float64": 1e-12, "torch.float32": 2e-6, "torch.float16": 1e-3, "torch.bfloat16": 1e-2}


def numbers_differ(ours, theirs, dtype):
    """0: equal; 1: near; 2: different"""
    worst = 0
    scale = max((abs(x) for x in theirs if isinstance(x, (int, float)) and math.isfinite(x)), default=1.0)
    for x, y in zip(ours, theirs):
        if x == y and (x != 0 or math.copysign(1, x) == math.copysign(1, y)):
            continue
        if isinstance(x, str) or isinstance(y, str) or dtype not in NEAR:
            return 2
        worst = max(worst, 1 if abs(x - y) <= NEAR[dtype] * max(scale, 1e-30) else 2)
    return worst


def compare(ours, theirs, path, problems):
    """Problems are texts; returns 1 when numbers are only near."""
    if isinstance(theirs, dict) and "values" in theirs and isinstance(ours, dict) and "values" in ours:
        for key in ("dtype", "shape", "grad_fn", "requires_grad"):
            if ours[key] != theirs[key]:
                problems.append(f"{path}.{key}: {ours[key]}, not {theirs[key]}")
        if len(ours["values"]) == len(theirs["values"]):
            worst = numbers_differ(ours["values"], theirs["values"], theirs["dtype"])
            if worst == 2:
                problems.append(f"{path}: {ours['values'][:6]}, not {theirs['values'][:6]}")
            return worst == 1
        return False
    if isinstance(theirs, dict) and isinstance(ours, dict):
        near = False
        for key in dict.fromkeys([*theirs, *ours]):
            near |= compare(ours.get(key), theirs.get(key), f"{path}.{key}", problems)
        return near
    if isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        return any([compare(a, b, f"{path}[{i}]", problems) for i, (a, b) in enumerate(zip(ours, theirs))])
    if ours != theirs:
        problems.append(f"{path}: {str(ours)[:260]}, not {str(theirs)[:260]}")
    return False


def main():
    arguments = sys.argv[1:]
    known = {line.partition("   #")[0].strip() for line in (HERE / "known.txt").read_text(encoding="utf-8").splitlines() if line.strip()}
    with gzip.open(HERE / "answers.jsonl.gz", "rt", encoding="utf-8") as file:
        answers = [json.loads(line) for line in file]
    equal = near = 0
    failures = []
    total = 0
    for theirs in answers:
        call = theirs.pop("call")
        if [a for a in arguments if a != "-v"] and call not in arguments:
            continue
        total += 1
        problems = []
        ours = json.loads(json.dumps(cases.answer(call, torch)))
        is_near = compare(ours, theirs, "", problems)
        near += bool(is_near and not problems)
        equal += not problems and not is_near
        if problems and call not in known:
            failures.append((call, problems))
        elif not problems and call in known:
            failures.append((call, ["is listed in known.txt, and is right"]))
    print("1..1")
    print("ok 1" if not failures else "not ok 1", "- every call as PyTorch answers it")
    print(f"# {total} calls: {equal} equal to the last bit, {near} near, {total - equal - near} different ({len(known)} known)")
    for call, problems in failures:
        print(f"# {call}\n#     " + "\n#     ".join(problems[:3]))
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
