#!/usr/bin/python3
"""Changes the sources in small ways that matter, one at a time, and runs the unit tests that should
notice. A change that no test notices survives: it is named, and a test is missing, or the change is
none (then `equivalent.txt` names it, with the reason).

    make mutate                                  every module of the rooms listed below
    make mutate MUTATE="src/gemini src/net/route.c"
    make mutate MUTATE="--sample 50 src/article"    50 changes of each file, the same each time

A change is one of: a comparison turned (== !=, < <=, > >=), && and || exchanged, a ! dropped,
1 not added or not subtracted, true and false exchanged in what is returned, a branch never taken,
a call for its effect left out."""

import argparse
import collections
import concurrent.futures
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
OUT = TOP / "build" / "mutate"
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
ROOMS = ["src/gemini", "src/article", "src/net", "src/desk"]
PATIENCE = 20  # seconds for one test program: a change may make a loop endless

# What is no behaviour, so that its loss cannot be seen: memory given back, words for the log.
UNSEEN = re.compile(r"\w*(free|_done|close|closedir)\(|log_\w+\(|assert\(|fprintf\(stderr|error_set\(")
CALL = re.compile(r"^\t+((?:[a-z_]\w*)(?:->\w+)*\(.*\));$")
NO_MEMORY = re.compile(r"out of memory|\.failed|->failed|== NULL\)$")

Change = collections.namedtuple("Change", "path line column old new")


def blanked(text):
    """The source with comments, strings and characters blanked, each as long as it was."""
    pattern = r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\''
    blank = lambda found: re.sub(r"[^\n]", " ", found.group())
    return re.sub(pattern, blank, text, flags=re.S)


def is_code(lines):
    """For each line whether it stands in the body of a function: the style puts { and } at column 0."""
    inside = False
    for line in lines:
        if line.startswith("{"):
            inside = True
        yield inside
        if line.startswith("}"):
            inside = False


def closing(text, start):
    """Where the bracket opened at start is closed in the line, or None."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth == 0:
            return at
    return None


TURNED = {"==": "!=", "!=": "==", "<": "<=", "<=": "<", ">": ">=", ">=": ">", "&&": "||", "||": "&&"}


def changes_of_line(line, code):
    """(column, old, new) of each change of one line; code is the line with strings blanked."""
    for found in re.finditer(r" (==|!=|<=|>=|<|>|&&|\|\|)(?= |$)", code):
        yield found.start(1), found.group(1), TURNED[found.group(1)]
    for found in re.finditer(r"(?<![\w)\]])!(?=[\w(])", code):
        yield found.start(), "!", ""
    for found in re.finditer(r" [+-] 1(?![\w.])", code):
        yield found.start(), found.group(), ""
    for found in re.finditer(r"return (true|false);", code):
        yield found.start(1), found.group(1), "false" if found.group(1) == "true" else "true"
    found = re.match(r"\t+(?:\} )?(?:else )?if \(", code)
    if found and closing(code, found.end() - 1) is not None:
        end = closing(code, found.end() - 1)
        old = line[found.end() - 1 : end + 1]
        yield found.end() - 1, old, f"({old} && 0)"
    found = CALL.match(line)
    if found and not UNSEEN.match(found.group(1)):
        yield found.start(1), found.group(1), ""


def changes_of(path):
    text = (TOP / path).read_text()
    lines, code = text.split("\n"), blanked(text).split("\n")
    for number, (line, bare, inside) in enumerate(zip(lines, code, is_code(lines))):
        if inside and not bare.startswith("#") and not NO_MEMORY.search(line):
            for column, old, new in changes_of_line(line, bare):
                yield Change(path, number, column, old, new)


def shown(change):
    line = (TOP / change.path).read_text().split("\n")[change.line].strip()
    return f"{change.path}: {line} [{change.old} -> {change.new or 'nothing'}]"


def run(words, **how):
    return subprocess.run(words, capture_output=True, text=True, errors="replace", **how)


class Build:
    """The project built once, plain and quick to link, and what each test program is made of."""

    def __init__(self):
        make = ["make", "-s", "MUTATE_BUILD=1"]
        done = run([*make, "mutants"], cwd=TOP)
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
        flags = run([*make, "--eval=show:; @echo '$(ALL_CFLAGS)|$(IMPORT_CFLAGS)|$(ALL_LDFLAGS)|"
                     "$(PKG_LIBS) $(IMPORT_LIBS)'", "show"], cwd=TOP).stdout.strip().split("|")
        self.cflags = [f for f in (flags[0] + " " + flags[1]).split() if f not in ("-MMD", "-MP")]
        self.ldflags, self.libraries = flags[2].split(), flags[3].split()
        self.symbols = {t: self.functions(t) for t in sorted((OUT / "unit").glob("test_*"))
                        if t.suffix == ""}

    @staticmethod
    def functions(file):
        names = run(["nm", "--defined-only", str(file)]).stdout
        return {line.split()[2] for line in names.splitlines() if line.split()[1] in "TD"}

    def tests_of(self, path):
        """Test programs that hold the module: first those named like it, then the quick ones."""
        own = self.functions(OUT / Path(path).relative_to("src").with_suffix(".o"))
        noun = Path(path).stem.split("_")[0]
        holders = [t for t, names in self.symbols.items() if own & names]
        return sorted(holders, key=lambda t: (noun not in t.name, t.stat().st_size))


class Bench:
    """One worker's place: a copy of sources and tests in which one file is changed."""

    def __init__(self, build):
        self.build = build
        self.folder = Path(tempfile.mkdtemp(prefix="bench-", dir=OUT))
        for name in ("src", "tests"):
            shutil.copytree(TOP / name, self.folder / name, ignore=shutil.ignore_patterns("corpus"))

    def compile(self, source, target):
        words = ["gcc", *self.build.cflags, "-Isrc", "-Itests/unit", "-w", "-c", "-o", target, source]
        return run(words, cwd=self.folder).returncode == 0

    def link(self, parts, program):
        libraries = [str(OUT / "libimport.a"), str(OUT / "libbroadsheet.a")]
        words = ["gcc", *self.build.ldflags, "-o", program, *parts, *libraries]
        return run([*words, *self.build.libraries, "-lcmocka", "-luriparser"],
                   cwd=self.folder).returncode == 0

    def fails(self, program):
        try:
            done = run([str(self.folder / program)], cwd=TOP, timeout=PATIENCE,
                       env={**os.environ, "TMPDIR": str(self.folder)})
        except subprocess.TimeoutExpired:
            return True
        return done.returncode != 0

    def is_noticed(self, change, tests):
        target = self.folder / change.path
        original = target.read_text()
        lines = original.split("\n")
        line = lines[change.line]
        lines[change.line] = (
            line[: change.column] + change.new + line[change.column + len(change.old) :]
        )
        target.write_text("\n".join(lines))
        try:
            return self.try_tests(change.path, tests)
        finally:
            target.write_text(original)

    def try_tests(self, path, tests):
        """Whether a test fails; None if the changed source does not compile."""
        if not self.compile(path, "changed.o"):
            return None
        for test in tests:
            source = f"tests/unit/{test.name}.c"
            includes = f'"{Path(path).relative_to("src")}"' in (TOP / source).read_text()
            if includes:  # the module stands in the test itself, with allocators that fail
                built = self.compile(source, "test.o") and self.link(["test.o"], "test")
            else:
                built = self.link([str(OUT / "unit" / f"{test.name}.o"), "changed.o"], "test")
            if built and self.fails("test"):
                return True
        return False


def read_equivalents():
    if not EQUIVALENT.exists():
        return {}
    lines = [line for line in EQUIVALENT.read_text().split("\n") if line and line[0] != "#"]
    return dict(line.rsplit(" : ", 1) for line in lines)


def chosen(places, sample):
    files = []
    for place in places:
        folder = TOP / place
        files += sorted(folder.glob("*.c")) if folder.is_dir() else [folder]
    for file in files:
        found = list(changes_of(str(file.relative_to(TOP))))
        if sample and len(found) > sample:
            found = random.Random(file.name).sample(found, sample)
        yield from sorted(found)


def main():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("places", nargs="*", default=ROOMS)
    options.add_argument("--sample", type=int, default=0)
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    asked = options.parse_args()
    build, equivalents = Build(), read_equivalents()
    changes = [c for c in chosen(asked.places or ROOMS, asked.sample) if shown(c) not in equivalents]
    tests = {path: build.tests_of(path) for path in {c.path for c in changes}}
    benches = [Bench(build) for _ in range(asked.jobs)]
    tally = collections.defaultdict(collections.Counter)

    def judge(change):
        bench = benches.pop()
        try:
            return change, bench.is_noticed(change, tests[change.path])
        finally:
            benches.append(bench)

    with concurrent.futures.ThreadPoolExecutor(asked.jobs) as pool:
        for change, noticed in pool.map(judge, changes):
            room = str(Path(change.path).parent)
            if noticed is None:
                tally[room]["no code"] += 1
                continue
            tally[room]["noticed" if noticed else "survived"] += 1
            if not noticed:
                print(f"survived: {shown(change)} (line {change.line + 1})", flush=True)
    for bench in benches:
        shutil.rmtree(bench.folder, ignore_errors=True)
    for room, counts in sorted(tally.items()):
        tried = counts["noticed"] + counts["survived"]
        print(f"{room}: {counts['noticed']} of {tried} noticed ({100 * counts['noticed'] // max(tried, 1)} %)")
    return 1 if any(counts["survived"] for counts in tally.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
