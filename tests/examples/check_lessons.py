#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""check_lessons.py DATA: every script of the course has its lesson (a title, what to look at, three questions), stands in
course.ini once, and its translations have the same code, token for token: only their comments differ."""
import configparser
import pathlib
import re
import sys
import tokenize

COMMENTS = {tokenize.COMMENT, tokenize.NL}


def code(path):
    """Its tokens without comments; of a graph, its words."""
    if path.suffix == ".dot":
        return re.sub(r"/\*.*?\*/|//[^\n]*", " ", path.read_text(encoding="utf-8"), flags=re.DOTALL).split()
    with open(path, "rb") as file:
        return [(token.type, token.string) for token in tokenize.tokenize(file.readline) if token.type not in COMMENTS]


def lesson(path):
    """The first comment: title, lines of the text, questions."""
    lines = []
    if path.suffix == ".dot":
        comment = path.read_text(encoding="utf-8").split("*/")[0]
        lines = [line.strip().lstrip("/*").strip() for line in comment.splitlines()]
    for line in path.read_text(encoding="utf-8").splitlines():
        if path.suffix == ".dot" or not line.startswith("#"):
            break
        lines.append(line[1:].strip())
    questions = [line for line in lines if re.match(r"\d\. ", line)]
    first = lines.index(questions[0]) if questions else len(lines)
    return lines[0] if lines else "", [line for line in lines[1:first] if line], questions


def is_chinese(text):
    return re.search("[\u4e00-\u9fff]", text) is not None


def check(path, n_questions):
    title, text, questions = lesson(path)
    numbers = [question.split(".")[0] for question in questions]
    if not title or not text:
        yield f"{path}: no title, or nothing to look at"
    if n_questions and numbers != ["1", "2", "3"]:
        yield f"{path}: three questions are wanted, not {numbers}"
    if any(len(line) > 100 for line in path.read_text(encoding="utf-8").splitlines()) and n_questions:
        long = [line for line in path.read_text(encoding="utf-8").splitlines() if len(line) > 100 and line.startswith("#")]
        yield from (f"{path}: a comment is too wide: {line}" for line in long)


def check_folder(folder, n_questions):
    languages = [path for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__"]
    for path in sorted([*folder.glob("*.py"), *folder.glob("*.dot")]):
        yield from check(path, n_questions)
        for language in languages:
            other = language / path.name
            if not other.exists():
                yield f"{other} is missing"
                continue
            yield from check(other, n_questions)
            if code(path) != code(other):
                yield f"{other}: its code differs from that of {path}"
            if language.name.startswith("zh") and not all(is_chinese(part) for part in [lesson(other)[0], *lesson(other)[2]]):
                yield f"{other}: its lesson is not in Chinese"
    for language in languages:
        yield from (f"{path} translates nothing" for path in language.iterdir() if not (folder / path.name).exists())


def check_course(folder):
    course = configparser.ConfigParser(delimiters="=", comment_prefixes="#")
    course.optionxform = str
    course.read(folder / "course.ini", encoding="utf-8")
    named = [name for chapter in course.sections() for name in course[chapter]["Lessons"].split(";") if name]
    there = {path.stem if path.suffix == ".py" else path.name for path in folder.iterdir() if path.suffix in (".py", ".dot")}
    yield from (f"course.ini names {name} twice" for name in set(named) if named.count(name) > 1)
    yield from (f"course.ini names {name}, which is not there" for name in set(named) - there)
    yield from (f"course.ini lacks {name}" for name in there - set(named))
    for chapter in course.sections():
        for language in ("", *(f"[{path.name}]" for path in folder.iterdir() if path.is_dir() and path.name != "__pycache__")):
            if not course[chapter].get("Name" + language):
                yield f"course.ini: chapter {chapter} has no Name{language}"


def main():
    data = pathlib.Path(sys.argv[1])
    problems = [*check_folder(data / "examples", 3), *check_folder(data / "templates", 0), *check_course(data / "examples")]
    print("\n".join(problems) or f"{len(list((data / 'examples').glob('*.py')))} lessons")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
