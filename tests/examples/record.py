#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Records what real PyTorch says to the examples.

    /usr/bin/python3 tests/examples/record.py

runs each script of data/examples with the interpreter this runs in (which needs PyTorch 1.13.1) and writes NAME.ref
beside this file: the standard output, and for an example that fails on purpose its last traceback line. The translated
copies differ in their comments only, which check_lessons.py holds.
"""
import os
import pathlib
import subprocess
import sys

here = pathlib.Path(__file__).resolve().parent
examples = here.parent.parent / "data" / "examples"


def main():
    env = dict(os.environ, PYTHONHASHSEED="0", OMP_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")
    for script in sorted(examples.glob("*.py")):
        done = subprocess.run([sys.executable, script.name], cwd=script.parent, env=env, capture_output=True, text=True)
        answer = done.stdout
        if done.returncode:
            answer += "--- " + done.stderr.rstrip().splitlines()[-1] + "\n"
        (here / (script.stem + ".ref")).write_text(answer, encoding="utf-8")
        print(script.stem, done.returncode)


if __name__ == "__main__":
    main()
