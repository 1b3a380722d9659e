#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""`backstep python FILE` beside python3: output, error text and status must be the same. test_plain.py BACKSTEP"""
import os
import signal
import subprocess
import sys
import tempfile
import time

backstep = os.path.abspath(sys.argv[1])
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "plain")
number = failed = 0


def report(ok, name, *why):
    global number, failed
    number += 1
    failed += not ok
    print(f"{'ok' if ok else 'not ok'} {number} - {name}")
    if not ok:
        for part in why:
            for line in str(part).splitlines():
                print("#  ", line)


def run(command, text="one\ntwo\nthree\n", **options):
    done = subprocess.run(command, input=text.encode(), capture_output=True, cwd=here, timeout=60,
                          env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}, **options)
    return done.returncode, done.stdout.decode("utf-8", "replace"), done.stderr.decode("utf-8", "replace")


def compare(name, *args, text="one\ntwo\nthree\n"):
    wanted = run(["/usr/bin/python3", *args], text)
    got = run([backstep, "python", *args], text)
    report(got == wanted, name, "wanted", *wanted, "got", *got)


def says(name, args, status, words):
    got = run([backstep, *args])
    report(got[0] == status and words in got[1] + got[2], name, "got", *got)


for name in sorted(os.listdir(here)):
    if name.endswith(".py"):
        compare(name, name, "first", "second")
compare("-c", "-c", "import sys; print(sys.argv, __name__); 1/0", "argument")
compare("- reads the script", "-", "argument", text="import sys\nprint(sys.argv)\n1/0\n")

says("a file that is not there", ["python", "nowhere.py"], 2, "No such file or directory")
says("a folder", ["python", "."], 2, "is a folder")
says("no file", ["python"], 2, "which file?")
says("an unknown option", ["python", "--wrong", "x.py"], 2, "unknown option --wrong")
says("an unknown command", ["frobnicate"], 2, "neither a command nor a file")
says("help", ["--help"], 0, "backstep trace script.py --json")
says("help of python", ["python", "--help"], 0, "--allow-writing")
says("version", ["--version"], 0, "backstep ")
says("starting a program", ["python", "-c", "import os\nos.system('true')"], 1, "PermissionError: [Errno 1]")
says("starting a program names its line", ["python", "-c", "import os\nos.system('true')"], 1, "line 2, in <module>")
says("too much memory", ["python", "-c", "x = bytearray(10**13)"], 1, "MemoryError")
says("no Landlock is said", ["python", "--without-landlock", "-c", "print(1)"], 0, "no Landlock")
says("no seccomp is said", ["python", "--without-seccomp", "-c", "print(1)"], 0, "no seccomp")
says("without Landlock nothing is written", ["python", "--without-landlock", "-c", "open('/tmp/x', 'w')"], 1,
     "PermissionError")
says("an empty environment", ["python", "-c", "import os; print(os.getcwd() == os.path.realpath('.'))"], 0, "True")

with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "lesson.ipynb")
    with open(path, "w") as file:
        file.write('{"cells": [{"cell_type": "code", "source": ["x = 1\\n", "y = 2"]},'
                   '{"cell_type": "markdown", "source": "# x"}, {"cell_type": "code", "source": "print(x + y)\\nz"}]}')
    says("a notebook runs its cells", ["python", path], 1, "3\nTraceback")
    says("a notebook's error has its line", ["python", path], 1, 'line 7, in <module>\n    z\n')
    with open(path, "w") as file:
        file.write("nonsense")
    says("no notebook", ["python", path], 1, "is not a notebook")
    path = os.path.join(folder, "writes.py")
    with open(path, "w") as file:
        file.write("import os\nhere = os.path.dirname(__file__)\n"
                   "with open(os.path.join(here, 'out.txt'), 'w') as f: f.write('x')\n"
                   "os.mkdir(os.path.join(here, 'd')); os.rmdir(os.path.join(here, 'd'))\n"
                   "print(open(os.path.join(here, 'out.txt')).read())\n"
                   "open(os.path.join(here, '..', 'outside'), 'w')\n")
    says("writing is refused", ["python", path], 1, "PermissionError")
    report(not os.path.exists(os.path.join(folder, "out.txt")), "nothing was written")
    says("writing is allowed in the folder only", ["python", "--allow-writing", path], 1, "line 6")
    report(os.path.exists(os.path.join(folder, "out.txt")), "the folder's file is there")
    with open(os.path.join(folder, "out"), "wb") as out:
        done = subprocess.run([backstep, "python", "-c", "print('y' * 100000)"], stdout=out)
    report(done.returncode == 0 and os.path.getsize(out.name) == 100001, "output may go to a file")

process = subprocess.Popen([backstep, "python", "-c", "print('go', flush=True)\nwhile True: pass"],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE)
process.stdout.readline()
time.sleep(0.05)
process.send_signal(signal.SIGINT)
error = process.communicate(timeout=20)[1].decode()
report(process.returncode == -signal.SIGINT and "KeyboardInterrupt" in error, "interrupted by the user",
       process.returncode, error)
print(f"1..{number}")
sys.exit(failed > 0)
