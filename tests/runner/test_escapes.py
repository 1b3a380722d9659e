#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Scripts that try to get out of the sandbox: test_escapes.py RUNNER. Each attempt is one line of TAP."""
import os
import shutil
import socket
import subprocess
import sys
import tempfile

runner = os.path.abspath(sys.argv[1])
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "escapes")
number = failed = 0


def report(ok, name, why=""):
    global number, failed
    number += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {number} - {name}", f"# {why}" if why else "")


def run_all(folder, outside, victim, port):
    secret, target = os.path.join(outside, "secret"), os.path.join(outside, "target")
    left_open = [os.open(secret, os.O_RDONLY), os.open("/", os.O_RDONLY)]
    for name in sorted(os.listdir(here)):
        if not name.endswith(".py") or name == "attempt.py":
            continue
        if name == "resources.py" and "--sanitized" in sys.argv:
            print(f"# {name} is left out: the sanitizers need more memory than any limit")
            continue
        done = subprocess.run([runner, "--plain", "--memory=1024", os.path.join(folder, name), secret, str(victim.pid), str(port), target],
                              pass_fds=left_open, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        lines = [line.split(maxsplit=2) for line in done.stdout.splitlines() if line.startswith(("held", "ESCAPED"))]
        for line in lines:
            report(line[0] == "held", f"{name}: {line[1]}", line[2] if len(line) > 2 and line[0] != "held" else "")
        if len(lines) == 0 or (done.returncode != 0 and not (name == "kernel.py" and done.returncode < 0)):
            report(False, f"{name} runs", (done.stderr or str(done.returncode)).strip().splitlines()[-1:])
        report(open(secret).read() == "secret" and open(target).read() == "target" and victim.poll() is None and
               sorted(os.listdir(outside)) == ["folder", "secret", "target"], f"{name}: outside is as it was")
    clean = {"attempt.py", "link-to-secret"} | {n for n in os.listdir(here) if n.endswith(".py")}
    report(set(os.listdir(folder)) == clean, "the script's folder is as it was", str(set(os.listdir(folder)) - clean or ""))


def main():
    outside = tempfile.mkdtemp()
    folder = os.path.join(outside, "folder")
    shutil.copytree(here, folder, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("secret", "target"):
        with open(os.path.join(outside, name), "w") as file:
            file.write(name)
    os.symlink(os.path.join(outside, "secret"), os.path.join(folder, "link-to-secret"))
    victim = subprocess.Popen(["sleep", "600"])
    server = socket.create_server(("127.0.0.1", 0))
    try:
        run_all(folder, outside, victim, server.getsockname()[1])
    finally:
        victim.kill()
        victim.wait()
        server.close()
        shutil.rmtree(outside)
    print(f"1..{number}")
    return failed > 0


sys.exit(main())
