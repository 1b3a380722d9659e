# SPDX-License-Identifier: MIT
"""Runs `backstep debug` with commands."""

import os
import subprocess
import tempfile


def debug(tool, script, commands, by_input=False, options=()):
    """The lines printed and the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "script.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(script)
        args = [tool, "debug", *options, path]
        if not by_input:
            for command in commands:
                args += ["-c", command]
        done = subprocess.run(args, capture_output=True, text=True, encoding="utf-8", errors="replace",
                              input="\n".join(commands) if by_input else None, env={**os.environ, "LC_ALL": "C.UTF-8"})
    if done.returncode < 0 or "ERROR: AddressSanitizer" in done.stderr:
        raise AssertionError(f"{done.returncode}: {done.stderr}")
    return done.stdout.splitlines(), done.returncode
