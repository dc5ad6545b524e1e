"""The house is as its map says: src/README.md names rooms and floors, and the code keeps to them."""

import re
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from publication import BROADSHEET

TOP = Path(__file__).resolve().parents[2]
SRC = TOP / "src"
MAP = (SRC / "README.md").read_text()
ROOM_FILES = 40  # C files and headers; more hides a second room


def rooms():
    """The rooms in the order of the map's table: ground floor first."""
    return re.findall(r"^\| `(\w+)/` \|", MAP, re.M)


def files(room):
    return sorted(f for f in (SRC / room).iterdir() if f.suffix in (".c", ".h"))


def includes(file):
    return re.findall(r'^#include "([^"]+)"', file.read_text(), re.M)


def test_the_map_shows_each_room():
    folders = {folder.name for folder in SRC.iterdir() if any(folder.glob("*.c"))}
    assert folders == set(rooms())


def test_the_files_that_the_map_names_are_there():
    named = set(re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.\w+)`", MAP))
    assert named, "the map names no file"
    missing = [name for name in named if not (SRC / name).exists() and not (TOP / name).exists()]
    assert not missing


def test_no_room_holds_too_many_files():
    assert not {room: len(files(room)) for room in rooms() if len(files(room)) > ROOM_FILES}


def test_includes_point_downward_between_rooms():
    floor = {room: number for number, room in enumerate(rooms())}
    upward = [
        f"{file.relative_to(SRC)} includes {include}"
        for room in rooms()
        for file in files(room)
        for include in includes(file)
        if "/" in include and floor[include.split("/")[0]] > floor[room]
    ]
    assert not upward


def objects():
    """What was compiled from src/, by name: "net/tls"."""
    folder = Path(BROADSHEET).parent
    folder = folder / "release" if (folder / "release").is_dir() else folder
    return {f"{room}/{file.stem}": folder / room / f"{file.stem}.o"
            for room in rooms() for file in files(room) if file.suffix == ".c"}


def users():
    """For each object those that it calls, or names an object of."""
    defined, wanted = {}, defaultdict(set)
    for name, file in objects().items():
        said = subprocess.run(["nm", file], capture_output=True, text=True, check=True).stdout
        for line in said.splitlines():
            kind, symbol = line.split()[-2:]
            if kind == "U":
                wanted[name].add(symbol)
            elif kind in "TDRB":
                defined[symbol] = name
    return {name: {defined[s] for s in symbols if s in defined} - {name}
            for name, symbols in wanted.items()}


def circles(graph):
    """Sets of names each of which leads to all the others (Tarjan)."""
    index, low, stack, found = {}, {}, [], []

    def visit(node):
        index[node] = low[node] = len(index)
        stack.append(node)
        for other in graph.get(node, ()):
            if other not in index:
                visit(other)
                low[node] = min(low[node], low[other])
            elif other in stack:
                low[node] = min(low[node], index[other])
        if low[node] == index[node]:
            at = stack.index(node)
            if len(stack) - at > 1:
                found.append(sorted(stack[at:]))
            del stack[at:]

    for node in graph:
        if node not in index:
            visit(node)
    return found


@pytest.mark.skipif(not Path(BROADSHEET).exists(), reason="needs the objects of a build")
def test_no_file_leads_back_to_itself():
    assert not circles(users())
