#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check.py BACKSTEP SCRIPT REF: `BACKSTEP python SCRIPT` says what real PyTorch said (see record.py)."""
import difflib
import pathlib
import subprocess
import sys


def main():
    backstep, script, ref = sys.argv[1:]
    expected = pathlib.Path(ref).read_text(encoding="utf-8")
    done = subprocess.run([backstep, "python", script], capture_output=True, text=True, timeout=60)
    answer = done.stdout
    if done.returncode:
        answer += "--- " + (done.stderr.rstrip().splitlines() or ["(nothing on stderr)"])[-1] + "\n"
    if answer == expected:
        return 0
    sys.stdout.writelines(
        difflib.unified_diff(expected.splitlines(True), answer.splitlines(True), "PyTorch 1.13.1", "Backstep")
    )
    sys.stdout.write(done.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
