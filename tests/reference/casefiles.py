# SPDX-License-Identifier: MIT
"""What record.py and check.py share: how a case is run and what is read from its standard error."""
import os
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
FOLDERS = ("scripts", "errors")
ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    "LC_ALL": "C.UTF-8",
}

FRAME = re.compile(r'^  File "(.*)", line (\d+)')
WARNING = re.compile(r"^(.+?):(\d+): (\w*Warning): (.*)$")
# Both name files of PyTorch's own sources, which no other implementation has.
SOURCE_PLACES = (
    (re.compile(r"\s*\(Triggered internally at [^)]*\)"), ""),
    (re.compile(r"\[enforce fail at [^\]]*\]"), "[enforce fail at ...]"),
)


def cases(patterns=()):
    """The scripts whose NAME, FOLDER/NAME or file name fits one of the patterns; all without patterns."""
    found = [path for folder in FOLDERS for path in sorted((HERE / folder).glob("[0-9]*.py"))]
    if not patterns:
        return found
    return [
        path
        for path in found
        if any(pathlib.PurePath(text).match(pattern) for pattern in patterns for text in (name(path), path.stem, path.name))
    ]


def name(path):
    return f"{path.parent.name}/{path.stem}"


def run(command, script, timeout):
    environment = {**os.environ, **ENVIRONMENT}
    return subprocess.run(
        [*command, script.name],
        cwd=script.parent,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="backslashreplace",
        timeout=timeout,
    )


def normal(text):
    for pattern, instead in SOURCE_PLACES:
        text = pattern.sub(instead, text)
    return text.rstrip()


def is_script(file, script):
    return pathlib.PurePath(file).name == script.name


def traceback_in(stderr, script):
    """Type, message and line in the script of the last traceback, or None."""
    lines = stderr.splitlines()
    starts = [i for i, line in enumerate(lines) if line.startswith("Traceback (most recent call last)")]
    if starts:
        lines = lines[starts[-1] + 1 :]
    elif not any(FRAME.match(line) for line in lines):
        return None
    line_number = None
    for i, line in enumerate(lines):
        frame = FRAME.match(line)
        if frame and is_script(frame[1], script):
            line_number = int(frame[2])
        if re.match(r"^[A-Za-z_][\w.]*(:|$)", line):
            kind, _, message = "\n".join(lines[i:]).partition(":")
            return {"type": kind.strip(), "message": normal(message.strip()), "line": line_number}
    return None


def warnings_in(stderr, script):
    found = []
    for line in stderr.splitlines():
        match = WARNING.match(line)
        if match:
            place = int(match[2]) if is_script(match[1], script) else None
            found.append({"category": match[3], "message": normal(match[4]), "line": place})
    return found


def outcome(done, script):
    """What counts of a run beside its standard output; None for a run that ended well and quietly."""
    answer = {}
    if done.returncode:
        answer["status"] = done.returncode
        answer.update(traceback_in(done.stderr, script) or {"type": None, "message": done.stderr.rstrip(), "line": None})
    said = warnings_in(done.stderr, script)
    if said:
        answer["warnings"] = said
    return answer or None
