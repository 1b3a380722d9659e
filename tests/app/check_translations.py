# SPDX-License-Identifier: MIT
"""Every string of the program is translated: the sources against po/POTFILES.in and each po/*.po."""

import pathlib
import re
import subprocess
import sys
import tempfile

KEYWORDS = ["_", "N_", "C_:1c,2", "NC_:1c,2", "ngettext:1,2", "g_dngettext:2,3"]
MARK = re.compile(r"""\b(?:N?C?_|ngettext|g_dngettext) ?\(\s*["A-Z]|translatable=["']?(?:yes|true|1)""")


def marked_files(root):
    for folder in ("src", "ui"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".ui") and MARK.search(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(root))


def main():
    root = pathlib.Path(sys.argv[1])
    names = [line for line in (root / "po/POTFILES.in").read_text().split("\n") if line and line[0] != "#"]
    problems = [f"po/POTFILES.in lacks {name}" for name in marked_files(root) if name not in names]
    problems += [f"po/POTFILES.in names {name}, which is not there" for name in names if not (root / name).exists()]
    names = [name for name in names if (root / name).exists()]
    with tempfile.TemporaryDirectory() as folder:
        pot = pathlib.Path(folder) / "backstep.pot"
        subprocess.run(["xgettext", "--from-code=UTF-8", "--add-comments=Translators", "-o", pot]
                       + ["-k" + word for word in KEYWORDS] + names, cwd=root, check=True)
        for po in sorted((root / "po").glob("*.po")):
            for command in (["msgcmp", po, pot], ["msgfmt", "--check", "-o", "/dev/null", po]):
                done = subprocess.run(command, capture_output=True, text=True, env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"})
                if done.returncode:
                    problems.append(done.stderr.strip())
    print("\n".join(problems) or f"{len(names)} files, every string translated")
    return bool(problems)


sys.exit(main())
