# SPDX-License-Identifier: MIT
"""backstep(1), made of what `backstep --help` and each command's --help say in one language:
make_man.py BACKSTEP TOOL LANGUAGE VERSION > backstep.1"""

import itertools
import os
import re
import subprocess
import sys

BACKSTEP, TOOL, LANGUAGE, VERSION = sys.argv[1:5]
COMMANDS = ["run", "trace", "debug", "hints", "export", "record", "verify"]
WORDS = {
    "en": {"name": "NAME", "synopsis": "SYNOPSIS", "description": "DESCRIPTION", "python": "Its arguments are those of python3: a script and what it gets.",
           "see": "SEE ALSO", "manual": "User Commands", "window": "The window has a manual of its own: Help (F1) and User Manual in its menu."},
    "zh_CN": {"name": "名称", "synopsis": "概要", "description": "描述", "python": "它的参数与 python3 相同：脚本，以及传给脚本的参数。",
              "see": "另见", "manual": "用户命令", "window": "窗口有自己的手册：菜单中的“帮助”（F1）与“用户手册”。"},
}[LANGUAGE]


def ask(*command):
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "" if LANGUAGE == "en" else LANGUAGE, "COLUMNS": "100"}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def escape(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = re.sub(r"^(['.])", r"\\&\1", text)
    # Chinese may break after each character, which roff does not know.
    return re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])(?=[\u4e00-\u9fff])", r"\\:", text)


def flow(lines):
    """A paragraph; a Chinese line goes on without a space."""
    return [escape(line) for line in re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n", "", "\n".join(lines)).split("\n")]


def example(lines):
    return [".PP", ".nf", *(escape(line) for line in lines), ".fi"]


def sections(text):
    """Paragraphs: lists of lines between the empty ones."""
    return [part.split("\n") for part in re.split(r"\n\s*\n", text.strip("\n"))]


def entries(lines):
    """Lines of "word   what it means", which go on when they are further in."""
    found = []
    for line in lines:
        parts = re.match(r"  (\S.*?)(?:  +|$)(.*)", line)
        if parts and not re.match(r"   ", line):
            found.append([parts[1], parts[2]])
        elif found:
            found[-1][1] = (found[-1][1] + " " + line.strip()).strip()
    return found


def write_entries(lines):
    out = []
    for word, meaning in entries(lines):
        out += [".TP", ".B " + escape(word), escape(meaning) if meaning else "\\&"]
    return out


def write_top():
    parts = sections(ask(BACKSTEP, "--help"))
    usage, purpose, rest = parts[0], parts[1], parts[2:]
    summary = re.split(r"[:：]", " ".join(purpose))[0].rstrip(".。")
    out = [f'.TH BACKSTEP 1 "" "Backstep {VERSION}" "{WORDS["manual"]}"',
           *([] if LANGUAGE == "en" else [".ad l", ".nh"]),
           ".SH " + WORDS["name"], "backstep \\- " + escape(summary[:1].lower() + summary[1:]),
           ".SH " + WORDS["synopsis"], *example([re.sub(r"^\s*\S*[:：]\s*|^\s+", "", line) for line in usage]),
           ".SH " + WORDS["description"], *flow(purpose), ".PP", escape(WORDS["window"])]
    for part in rest:
        if len(part) < 2:
            out += [".PP", escape(part[0])]
            continue
        out.append(".SH " + escape(part[0].upper()))
        body = part[1:]
        out += example([line.strip() for line in body]) if all(line.strip().startswith("backstep") for line in body) else write_entries(body)
    return out


def is_entry(lines):
    return len(lines) > 0 and all(re.match(r"  +\S", line) for line in lines)


def write_command(name):
    """Usage, summary, options by group, description: as GOption prints them."""
    parts = sections(ask(TOOL, name, "--help"))
    out = [".SH BACKSTEP " + name.upper()]
    for i, part in enumerate(parts):
        if i == 0:
            out += example([line.strip() for line in part[1:]] or part)
        elif re.match(r"\s+-", part[-1]) or (len(part) > 1 and re.match(r"\s+-", part[1])):
            out += [".PP", ".B " + escape(part[0]), *write_entries(part[1:])] if not part[0].startswith(" ") else write_entries(part)
        elif is_entry(part):
            out += example(part)
        else:
            for is_table, lines in itertools.groupby(part, lambda line: line.startswith(" ")):
                out += example(lines) if is_table else [".PP", *flow(lines)]
    return out


def main():
    lines = write_top()
    lines += [".SH BACKSTEP PYTHON", escape(WORDS["python"])]
    for name in COMMANDS:
        lines += write_command(name)
    lines += [".SH " + WORDS["see"], ".BR python3 (1)"]
    sys.stdout.reconfigure(encoding="utf-8")
    print("\n".join(lines))


main()
