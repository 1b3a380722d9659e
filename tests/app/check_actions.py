# SPDX-License-Identifier: MIT
"""The table of actions: no key does two things, every label is its own, and no mnemonic of a page that is shown beside the
actions takes the key of one of them."""

import collections
import pathlib
import re
import sys

ROW = re.compile(r'\{ "([\w.-]+)", N_\("([^"]+)"\), BACKSTEP_GROUP_\w+, (NULL|"[^"]*"), (NULL|"[^"]*"), (?:NULL|"[^"]*") \}')


# Where these stand, or in the popover that has the first, the action of that key is off.
ELSEWHERE = {"_Go to step", "_Open another file…", "_Open a script…", "_New…", "_Clear the list"}


def mnemonics(paths):
    for path in paths:
        for words in re.findall(r'>([^<]*_\w[^<]*)</property>|_mnemonic \(_\("([^"]*)"', path.read_text(encoding="utf-8")):
            text = words[0] or words[1]
            if re.search(r"(?:^|[a-z ])_[A-Za-z]", text) and " " + text != text.lower() and text not in ELSEWHERE and (text[0] == "_" or " " in text):
                yield text, text[text.index("_") + 1].lower()


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
    shown = list(mnemonics(pathlib.Path(name) for name in sys.argv[2:]))
    problems += [f"{text!r} has the mnemonic of {' and '.join(uses['<alt>' + letter])}" for text, letter in shown if uses.get("<alt>" + letter)]
    problems += [] if shown else ["no mnemonics are found"]
    print("\n".join(problems) or f"{len(rows)} actions, {len(uses)} keys")
    return bool(problems)


sys.exit(main())
