#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs every script with COMMAND and compares with what real PyTorch said.

Standard output must be the same to the character. For a script that fails: exit status, type and message of the
exception, and the line of the script it names; for warnings: category, text and line."""
import argparse
import concurrent.futures
import difflib
import json
import os
import re
import subprocess
import sys

import casefiles

NUMBER = re.compile(r"[-+]?(?:\d+\.\d*|\.\d+|\d+)(?:[eE][-+]?\d+)?")


def short_diff(expected, answer, limit):
    lines = difflib.unified_diff(expected.splitlines(), answer.splitlines(), "PyTorch", "ours", n=1, lineterm="")
    lines = list(lines)
    if not lines:
        lines = [f"ends with {expected[-20:]!r}, ours with {answer[-20:]!r}"]
    if len(lines) > limit:
        lines = lines[:limit] + [f"... {len(lines) - limit} more lines"]
    return [line if len(line) <= 200 else line[:200] + "..." for line in lines]


def last_digit(text):
    """The weight of the last printed digit of a number."""
    mantissa, _, exponent = text.lower().partition("e")
    decimals = len(mantissa.partition(".")[2])
    return 10.0 ** (int(exponent or 0) - decimals)


def is_close(expected, answer, units):
    """Whether two texts differ only in the last printed digits of numbers that are not whole."""
    if re.sub(r"\s+", " ", NUMBER.sub("#", expected)) != re.sub(r"\s+", " ", NUMBER.sub("#", answer)):
        return False
    for ours, theirs in zip(NUMBER.findall(answer), NUMBER.findall(expected)):
        if ours == theirs:
            continue
        if "." not in theirs or "." not in ours:
            return False
        step = max(last_digit(ours), last_digit(theirs))
        if abs(float(ours) - float(theirs)) > (units + 0.01) * step:
            return False
    return True


class Verdict:
    def __init__(self, script):
        self.name = casefiles.name(script)
        self.failures = []
        self.close = False


def compare_outcome(verdict, expected, answer, close):
    """Compares the .err parts; returns whether they differ by close numbers only."""
    expected, answer = expected or {}, answer or {}
    only_close = False
    for key in ("status", "type", "line", "message"):
        wanted, got = expected.get(key), answer.get(key)
        if wanted == got:
            continue
        if key == "message" and wanted and got and close(wanted, got):
            only_close = True
            continue
        verdict.failures.append(f"{key}: PyTorch {wanted!r}, ours {got!r}")
    for wanted, got in zip(expected.get("warnings", []), answer.get("warnings", [])):
        verdict.failures += [f"warning {key}: PyTorch {wanted[key]!r}, ours {got[key]!r}" for key in wanted
                             if wanted[key] != got[key] and not (key == "line" and wanted[key] is None)]
    counts = len(expected.get("warnings", [])), len(answer.get("warnings", []))
    if counts[0] != counts[1]:
        verdict.failures.append(f"warnings: PyTorch {counts[0]}, ours {counts[1]}")
    return only_close


def check(script, options):
    verdict = Verdict(script)
    expected = script.with_suffix(".ref").read_text(encoding="utf-8")
    err = script.with_suffix(".err")
    expected_outcome = json.loads(err.read_text(encoding="utf-8")) if err.exists() else None
    try:
        done = casefiles.run(options.command, script, options.timeout)
    except subprocess.TimeoutExpired:
        verdict.failures.append(f"not ready after {options.timeout:g} s")
        return verdict
    except OSError as error:
        verdict.failures.append(str(error))
        return verdict

    def close(wanted, got):
        return options.tolerance is not None and is_close(wanted, got, options.tolerance)

    verdict.close = compare_outcome(verdict, expected_outcome, casefiles.outcome(done, script), close)
    if done.stdout != expected:
        if close(expected, done.stdout):
            verdict.close = True
        else:
            verdict.failures += short_diff(expected, done.stdout, options.lines)
    if verdict.failures and not (expected_outcome or {}).get("status") and done.stderr:
        verdict.failures += ["stderr: " + line for line in done.stderr.rstrip().splitlines()[-2:]]
    return verdict


def names_in(file):
    if not file:
        return set()
    with open(file, encoding="utf-8") as lines:
        words = [line.split("#")[0].split() for line in lines]
    return {line[0] for line in words if line}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", nargs="+", metavar="COMMAND", help="words before the script, as in: backstep python")
    parser.add_argument("--only", action="append", default=[], metavar="GLOB", help="only the cases of this name")
    parser.add_argument("--jobs", type=int, default=1, help="how many at once")
    parser.add_argument("--timeout", type=float, default=60, help="seconds per case")
    parser.add_argument("--expect-fail", metavar="FILE", help="names known to fail; one that passes is reported")
    parser.add_argument(
        "--tolerance", nargs="?", type=float, const=2, metavar="UNITS",
        help="accept as `close' what differs by so many units of the last printed digit (2)",
    )
    parser.add_argument("--lines", type=int, default=12, help="longest diff")
    parser.add_argument("--quiet", action="store_true", help="say nothing about what passes")
    options = parser.parse_args()
    if os.path.exists(options.command[0]):  # scripts run in their own folder
        options.command[0] = os.path.abspath(options.command[0])

    known = names_in(options.expect_fail)
    scripts = [script for script in casefiles.cases(options.only) if script.with_suffix(".ref").exists()]
    passed = failed = expected_failures = close = 0
    surprises = []
    print(f"1..{len(scripts)}")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for number, verdict in enumerate(pool.map(lambda script: check(script, options), scripts), 1):
            is_known = verdict.name in known or verdict.name.partition("/")[2] in known
            if not verdict.failures:
                passed += 1
                close += verdict.close
                if is_known:
                    surprises.append(verdict.name)
                if not options.quiet or verdict.close:
                    print(f"ok {number} - {verdict.name}" + (" # close" if verdict.close else ""), flush=True)
            elif is_known:
                expected_failures += 1
                if not options.quiet:
                    print(f"not ok {number} - {verdict.name} # TODO known", flush=True)
            else:
                failed += 1
                print(f"not ok {number} - {verdict.name}")
                print("\n".join("  # " + line for line in verdict.failures), flush=True)
    for name in surprises:
        print(f"# {name} passes: take it off the list of known failures")
    if close:
        print(f"# {close} of those that passed differ in the last printed digits")
    if expected_failures:
        print(f"# {expected_failures} known failures")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
