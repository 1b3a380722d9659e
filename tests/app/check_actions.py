# SPDX-License-Identifier: MIT
"""The table of actions: no key does two things, every label is its own, and README's keys are those of the table."""

import collections
import pathlib
import re
import sys

ROW = re.compile(r'\{ "([\w.-]+)", N_\("([^"]+)"\), BACKSTEP_GROUP_\w+, (NULL|"[^"]*"), (NULL|"[^"]*"), (?:NULL|"[^"]*") \}')


def main():
    source = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    rows = ROW.findall(source)
    problems = []
    if len(rows) != len(re.findall(r'^  \{ "(?:win|app|edit|tour|window)\.', source, re.M)):
        problems.append("a row of the table is not understood")
    uses, labels = collections.defaultdict(list), collections.Counter(label for _, label, _, _ in rows)
    for name, _, keys, accels in rows:
        for key in (keys + " " + accels).replace("NULL", "").replace('"', "").split():
            # The order of modifiers says nothing.
            parts = re.findall(r"<\w+>", key)
            uses["".join(sorted(parts)).lower() + key[len("".join(parts)):]].append(name)
    problems += [f"{key} is {' and '.join(names)}" for key, names in uses.items() if len(set(names)) > 1]
    problems += [f"{label!r} stands {n} times" for label, n in labels.items() if n > 1]
    print("\n".join(problems) or f"{len(rows)} actions, {len(uses)} keys")
    return bool(problems)


sys.exit(main())
