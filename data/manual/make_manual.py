# SPDX-License-Identifier: MIT
"""The user manual as one page of HTML, made of what the program says about itself in one language:
make_manual.py WINDOW BACKSTEP SURFACE LANGUAGE VERSION > manual.html"""

import html
import os
import re
import subprocess
import sys

WINDOW, BACKSTEP, SURFACE, LANGUAGE, VERSION = sys.argv[1:6]
WORDS = {"en": {"title": "Backstep: the manual", "contents": "Contents", "terminal": "The command line", "surface": "What is there of torch", "key": "Key", "action": "What it does"},
         "zh_CN": {"title": "Backstep 手册", "contents": "目录", "terminal": "命令行", "surface": "支持的 torch 名称", "key": "按键", "action": "作用"}}[LANGUAGE]
STYLE = """
:root { color-scheme: light dark; }
body { font: 1rem/1.6 system-ui, "Noto Sans CJK SC", sans-serif; max-width: 46rem; margin: 0 auto; padding: 2rem 1.2rem 6rem; }
h1 { font-size: 1.9rem; } h2 { margin-top: 3rem; border-bottom: 1px solid #8885; } h3 { margin-top: 1.8rem; }
nav { background: #8881; border-radius: .6rem; padding: .6rem 1.2rem; } nav ul { columns: 2; margin: .3rem 0; }
pre { background: #8882; border-radius: .4rem; padding: .8rem 1rem; overflow-x: auto; font-size: .9rem; }
table { border-collapse: collapse; width: 100%; } td, th { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid #8883; vertical-align: top; }
kbd { background: #8882; border: 1px solid #8884; border-radius: .3rem; padding: 0 .35rem; font-size: .88rem; white-space: nowrap; }
"""


def ask(*command):
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "LANGUAGE": "" if LANGUAGE == "en" else LANGUAGE, "GSETTINGS_BACKEND": "memory"}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout


def write_keys(rows):
    out = [f"<table><tr><th>{WORDS['key']}</th><th>{WORDS['action']}</th></tr>"]
    for keys, action in rows:
        shown = " ".join(f"<kbd>{html.escape(key)}</kbd>" for key in keys.split(", "))
        out.append(f"<tr><td>{shown}</td><td>{html.escape(action)}</td></tr>")
    return out + ["</table>"]


def write_part(part):
    """One paragraph, heading and text, or rows of keys."""
    lines, out = part.split("\n"), []
    if lines[0].startswith("## "):
        out.append(f"<h3>{html.escape(lines.pop(0)[3:])}</h3>")
    rows = [line[2:].split(" | ", 1) for line in lines if line.startswith("| ")]
    if rows:
        return out + write_keys(rows)
    text = html.escape("\n".join(lines).strip())
    return out + ([f"<p>{text}</p>"] if text else [])


def chapters(text):
    for chapter in re.split(r"^# ", text, flags=re.MULTILINE)[1:]:
        title, _, body = chapter.partition("\n")
        yield title, [line for part in re.split(r"\n\n+", body.strip()) for line in write_part(part)]


def main():
    found = list(chapters(ask(WINDOW, "--print-manual")))
    found.append((WORDS["terminal"], [f"<pre>{html.escape(ask(BACKSTEP, '--help'))}</pre>"]))
    with open(SURFACE, encoding="utf-8") as file:
        found.append((WORDS["surface"], [line for part in re.split(r"\n\n+", file.read().strip()) for line in write_part(part)]))
    sys.stdout.reconfigure(encoding="utf-8")
    print(f'<!DOCTYPE html>\n<html lang="{LANGUAGE.replace("_", "-")}"><head><meta charset="utf-8"><title>{WORDS["title"]}</title>'
          f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>\n<h1>{WORDS["title"]}</h1>\n<p>Backstep {VERSION}</p>')
    print(f'<nav><strong>{WORDS["contents"]}</strong><ul>')
    for i, (title, _) in enumerate(found):
        print(f'<li><a href="#c{i}">{html.escape(title)}</a></li>')
    print("</ul></nav>")
    for i, (title, body) in enumerate(found):
        print(f'<h2 id="c{i}">{html.escape(title)}</h2>', *body, sep="\n")
    print("</body></html>")


main()
