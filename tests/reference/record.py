#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Records what real PyTorch says to the scripts: NAME.ref (standard output) and NAME.err (how it ended, warnings).

Run it with a Python that has PyTorch 1.13.1. Only cases without a recording are run, unless told otherwise."""
import argparse
import concurrent.futures
import json
import sys

import casefiles


def record(script, timeout):
    """Writes the recording; returns a word about it."""
    done = casefiles.run([sys.executable], script, timeout)
    ref, err = script.with_suffix(".ref"), script.with_suffix(".err")
    answer = casefiles.outcome(done, script)
    before = ref.read_text(encoding="utf-8") if ref.exists() else None
    before_err = json.loads(err.read_text(encoding="utf-8")) if err.exists() else None
    ref.write_text(done.stdout, encoding="utf-8")
    err.unlink(missing_ok=True)
    if answer:
        err.write_text(json.dumps(answer, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    word = "new" if before is None else "same" if (before, before_err) == (done.stdout, answer) else "CHANGED"
    failed = bool(answer and "status" in answer)
    if script.parent.name == "scripts" and failed:
        word += " FAILS: " + done.stderr.rstrip()[-600:]
    if script.parent.name == "errors" and not answer:
        word += " NO ERROR"
    return word


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="record every case again")
    parser.add_argument("--only", action="append", default=[], metavar="GLOB", help="record these cases again")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--timeout", type=float, default=60)
    options = parser.parse_args()

    import torch

    if not torch.__version__.startswith("1.13."):
        sys.exit(f"the references come from PyTorch 1.13.1; this is {torch.__version__}")
    scripts = casefiles.cases(options.only)
    if not options.all and not options.only:
        scripts = [script for script in scripts if not script.with_suffix(".ref").exists()]
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for script, word in zip(scripts, pool.map(lambda script: record(script, options.timeout), scripts)):
            if word not in ("new", "same"):
                bad += 1
                print(f"{casefiles.name(script)}: {word}", flush=True)
    print(f"{len(scripts)} recorded, {bad} to look at")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
