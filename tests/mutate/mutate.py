#!/usr/bin/python3
"""Changes the sources in small ways that matter, one at a time, and runs the unit tests that should
notice. A change that no test notices survives: it is named, and a test is missing, or the change is
none (then `equivalent.txt` names it, with the reason).

    make mutate                                  every module of the rooms listed below
    make mutate MUTATE="src/gemini src/net/route.c"
    make mutate MUTATE="--sample 50 src/article"    50 changes of each file, the same each time

Changes of the same words in one file are told apart by a number (#2), so that the list of those
that are none names one of them and not its likes. `--doubt` tries those too: a test that notices
one of them shows that the list is wrong.

A change is one of: a comparison turned (== !=, < <=, > >=), && and || exchanged, a ! dropped,
1 not added or not subtracted, true and false exchanged in what is returned, a branch never taken,
a call for its effect left out. What happens only when memory is out is not tried, nor is what stands
in assert(): that is a check, not what is checked."""

import argparse
import collections
import concurrent.futures
import contextlib
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
OUT = TOP / "build" / "mutate"
EQUIVALENT = Path(__file__).with_name("equivalent.txt")
ROOMS = ["src/gemini", "src/article", "src/net", "src/desk"]

# A change may make a loop endless, or one that takes memory. What counts is the time of the
# processor, as the machine may be busy. PATIENCE is for what waits for nothing.
CPU_SECONDS = 2
CPU_FACTOR = 4
ADDRESSES_FACTOR = 5  # how much slower a test may be under the sanitizer
PATIENCE = 60
MEMORY = 4 << 30

# What is no behaviour, so that its loss cannot be seen: memory given back, words for the log.
UNSEEN = re.compile(r"\w*(free|_done|close|closedir|va_end)\(|log_\w+\(|assert\(|fprintf\(stderr|error_set\(")
CALL = re.compile(r"^\t+((?:[a-z_]\w*)(?:->\w+)*\(.*\));$")
ALLOCATES = re.compile(r"(alloc|dup|_new)\(")
# A buffer fails without memory; a cursor (c, infe, from in picture/avif.c) at the end of the bytes.
NO_MEMORY = re.compile(r"out of memory|\b(?!c\b|infe\b|from\b)\w+(\.|->)failed|^\tassert\(")

# What the standard leaves undefined, such as an index behind its table, ends the test: the gate runs
# all tests under the sanitizers. That for addresses takes longer, and is for what would survive.
CHECKED = ["-fsanitize=undefined", "-fsanitize-undefined-trap-on-error"]
ADDRESSES = ["-fsanitize=address", "-fno-omit-frame-pointer"]

Change = collections.namedtuple("Change", "path line column old new name")


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


def is_of_memory(before, line, after):
    """Whether the line asks if there was memory, for what it takes itself or the line before took."""
    return (NO_MEMORY.search(line) or ("== NULL)" in line and ALLOCATES.search(before + line))
            or ("if (" in line and re.search(r"out.of.memory|\blongjmp\(", after)))


def changes_of(path):
    text = (TOP / path).read_text()
    lines, code = text.split("\n"), blanked(text).split("\n")
    times = collections.Counter()
    for number, (line, bare, inside) in enumerate(zip(lines, code, is_code(lines))):
        if not inside or bare.startswith("#") or "assert(" in bare or is_of_memory(*lines[number - 1 : number + 2]):
            continue
        for column, old, new in changes_of_line(line, bare):
            name = f"{path}: {line.strip()} [{old} -> {new or 'nothing'}]"
            times[name] += 1
            name += f" #{times[name]}" if times[name] > 1 else ""
            yield Change(path, number, column, old, new, name)


def run(words, **how):
    return subprocess.run(words, capture_output=True, text=True, errors="replace", **how)


def is_named(test, path):
    return Path(path).stem.split("_")[0] in test


def uses(test, header):
    return f'#include "{header}' in (TOP / f"tests/unit/{test}.c").read_text()


class Build:
    """The project built once, plain and quick to link, and what each test program is made of."""

    def __init__(self):
        make = ["make", "-s", "MUTATE_BUILD=1"]
        done = run([*make, "mutants"], cwd=TOP)
        if done.returncode != 0:
            sys.exit(done.stdout + done.stderr)
        flags = run([*make, "--eval=show:; @echo '$(ALL_CFLAGS)|$(IMPORT_CFLAGS)|$(ALL_LDFLAGS)|"
                     "$(PKG_LIBS) $(IMPORT_LIBS)'", "show"], cwd=TOP).stdout.strip().split("|")
        self.cflags = [f for f in (flags[0] + " " + flags[1]).split()
                       if f not in ("-MMD", "-MP", "-g")]
        self.ldflags, self.libraries = flags[2].split(), flags[3].split()
        if shutil.which("ld.gold"):
            self.ldflags.append("-fuse-ld=gold")
        self.symbols = {t: self.functions(t) for t in sorted((OUT / "unit").glob("test_*"))
                        if t.suffix == ""}

    @staticmethod
    def functions(file):
        names = run(["nm", "--defined-only", str(file)]).stdout
        return {line.split()[2] for line in names.splitlines() if line.split()[1] in "TD"}

    def tests_of(self, path):
        """Test programs that hold the module and are about it: named like it, or using its header;
        if there are none, those of its room. What is noticed elsewhere alone, by chance, has no
        test of its own."""
        own = self.functions(OUT / Path(path).relative_to("src").with_suffix(".o"))
        holders = [t for t, names in self.symbols.items() if own & names]
        holders.sort(key=lambda t: (not is_named(t.name, path), t.stat().st_size))
        names = [t.name for t in holders]
        place = Path(path).relative_to("src")
        return ([name for name in names if is_named(name, path) or uses(name, place.with_suffix(".h"))]
                or [name for name in names if uses(name, f"{place.parent}/")] or names)


class Bench:
    """One worker's place: a copy of sources and tests in which one file is changed."""

    def __init__(self, build):
        self.build = build
        self.sanitizer = []
        self.folder = Path(tempfile.mkdtemp(prefix="bench-", dir=OUT))
        for name in ("src", "tests"):
            shutil.copytree(TOP / name, self.folder / name, ignore=shutil.ignore_patterns("corpus"))

    def compile(self, source, target):
        words = ["gcc", *self.build.cflags, *CHECKED, *self.sanitizer, "-Isrc", "-Itests/unit", "-w",
                 "-c", "-o", target, source]
        return run(words, cwd=self.folder).returncode == 0

    def link(self, parts, program):
        libraries = [str(OUT / "libimport.a"), str(OUT / "libbroadsheet.a")]
        words = ["gcc", *self.build.ldflags, *self.sanitizer, "-o", program, *parts, *libraries]
        return run([*words, *self.build.libraries, "-lcmocka", "-luriparser"],
                   cwd=self.folder).returncode == 0

    def passes(self, program, seconds):
        """Whether the test program succeeds, with so many seconds of the processor at most."""
        def limit():
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            if not self.sanitizer:
                resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

        place = Path(tempfile.mkdtemp(prefix="run-", dir=self.folder))
        process = subprocess.Popen(
            [str(program)], cwd=TOP, preexec_fn=limit,
            env={**os.environ, "TMPDIR": str(place), "ASAN_OPTIONS": "hard_rss_limit_mb=2048"},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        try:
            return process.wait(PATIENCE) == 0
        except subprocess.TimeoutExpired:
            return False
        finally:
            with contextlib.suppress(ProcessLookupError):  # what it has started, too
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            shutil.rmtree(place, ignore_errors=True)

    def build_test(self, path, test):
        """Links the test with changed.o; False if that cannot be done."""
        source = f"tests/unit/{test}.c"
        if f'"{Path(path).relative_to("src")}"' in (TOP / source).read_text():
            # The module stands in the test itself, with allocators that fail.
            return self.compile(source, "test.o") and self.link(["test.o"], "test")
        return self.link([str(OUT / "unit" / f"{test}.o"), "changed.o"], "test")

    @contextlib.contextmanager
    def changed(self, change):
        target = self.folder / change.path
        original = target.read_text()
        lines = original.split("\n")
        line, end = lines[change.line], change.column + len(change.old)
        lines[change.line] = line[: change.column] + change.new + line[end:]
        target.write_text("\n".join(lines))
        try:
            yield
        finally:
            target.write_text(original)


class Judge:
    """What the tests say of changes, those first that noticed something before."""

    def __init__(self, build, paths, jobs):
        self.benches = [Bench(build) for _ in range(jobs)]
        self.tests = {path: build.tests_of(path) for path in paths}
        self.seconds = {}

    def measure(self, bench, test):
        """How long the test takes unchanged; one that fails as it is would notice everything."""
        if test not in self.seconds:
            start = time.monotonic()
            if not bench.passes(OUT / "unit" / test, PATIENCE):
                sys.exit(f"{test} fails without any change")
            self.seconds[test] = time.monotonic() - start
        return self.seconds[test]

    def is_noticed(self, change):
        """None if the change does not compile."""
        bench = self.benches.pop()
        try:
            with bench.changed(change):
                if not bench.compile(change.path, "changed.o"):
                    return None
                return self.ask_tests(bench, change) or self.ask_sanitizer(bench, change)
        finally:
            bench.sanitizer = []
            self.benches.append(bench)

    def ask_sanitizer(self, bench, change):
        """The same for bytes read or written outside of what they belong to."""
        bench.sanitizer = ADDRESSES
        return bench.compile(change.path, "changed.o") and self.ask_tests(bench, change)

    def ask_tests(self, bench, change):
        tests = self.tests[change.path]
        for test in tests:
            seconds = CPU_SECONDS + CPU_FACTOR * self.measure(bench, test)
            if bench.sanitizer:
                seconds *= ADDRESSES_FACTOR
            if not bench.build_test(change.path, test):
                sys.exit(f"{test} cannot be linked with {change.name}")
            if not bench.passes(bench.folder / "test", int(seconds)):
                self.tests[change.path] = [test] + [other for other in tests if other != test]
                return True
        return False

    def close(self):
        for bench in self.benches:
            shutil.rmtree(bench.folder, ignore_errors=True)


def read_equivalents():
    if not EQUIVALENT.exists():
        return {}
    lines = [line for line in EQUIVALENT.read_text().split("\n") if line and line[0] != "#"]
    return dict(line.rsplit(" : ", 1) for line in lines)


def files_of(places):
    for place in places:
        folder = TOP / place
        files = sorted(folder.glob("*.c")) if folder.is_dir() else [folder]
        yield from (str(file.relative_to(TOP)) for file in files)


def chosen(files, sample):
    for file in files:
        found = list(changes_of(file))
        if sample and len(found) > sample:
            found = random.Random(Path(file).name).sample(found, sample)
        yield from sorted(found)


def outdated(equivalents, files):
    """What the list names of these files though no such change exists (any more)."""
    names = {change.name for file in files for change in changes_of(file)}
    return [name for name in equivalents if name.split(": ")[0] in files and name not in names]


def report(change, noticed, is_listed):
    """Prints what is wrong, and returns what to count it as."""
    where = f"(line {change.line + 1})"
    if noticed is None:
        return "no code"
    if is_listed:
        if noticed:
            print(f"noticed, though listed as none: {change.name} {where}", flush=True)
        return "wrong" if noticed else "equivalent"
    if not noticed:
        print(f"survived: {change.name} {where}", flush=True)
    return "noticed" if noticed else "survived"


def main():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("places", nargs="*", default=ROOMS)
    options.add_argument("--sample", type=int, default=0)
    options.add_argument("--jobs", type=int, default=os.cpu_count())
    options.add_argument("--doubt", action="store_true", help="try what is listed as equivalent, too")
    asked = options.parse_args()
    files = list(files_of(asked.places or ROOMS))
    equivalents, tally = read_equivalents(), collections.defaultdict(collections.Counter)
    old = outdated(equivalents, files)
    for name in old:
        print(f"listed, but no longer there: {name}")
    build, changes = Build(), list(chosen(files, asked.sample))
    judge = Judge(build, files, asked.jobs)

    def settle(change):
        is_listed = change.name in equivalents
        noticed = False if is_listed and not asked.doubt else judge.is_noticed(change)
        return change, report(change, noticed, is_listed)

    with concurrent.futures.ThreadPoolExecutor(asked.jobs) as pool:
        for change, verdict in pool.map(settle, changes):
            tally[str(Path(change.path).parent)][verdict] += 1
    judge.close()
    for room, counts in sorted(tally.items()):
        tried = counts["noticed"] + counts["survived"]
        share = 100 * counts["noticed"] // max(tried, 1)
        print(f"{room}: {counts['noticed']} of {tried} noticed ({share} %), "
              f"{counts['equivalent']} equivalent, {counts['no code']} did not compile")
    return 1 if old or any(c["survived"] + c["wrong"] for c in tally.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
