"""What the children may still do."""

import os
import pwd
import signal
import subprocess
from pathlib import Path

import pytest

from publication import BROADSHEET, eventually, run


def facts(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return dict(line.split(":\t", 1) for line in lines if ":\t" in line)


def has_sanitizer():
    return b"__asan_init" in open(BROADSHEET, "rb").read()


def test_children_are_locked_in(server):
    assert len(server.children()) == 3
    for pid in server.children():
        seen = facts(pid)
        assert seen["NoNewPrivs"] == "1"
        if not has_sanitizer():
            assert seen["Seccomp"] == "2"
    server.wait_for_log("sandbox")


def test_sandbox_can_be_switched_off_and_the_log_says_so(publication, serve):
    publication.sections["server"]["sandbox"] = "no"
    server = serve(publication)
    for pid in server.children():
        assert facts(pid)["Seccomp"] == "0"
    server.wait_for_log("sandbox")


@pytest.mark.root
def test_children_take_the_configured_user(publication, serve):
    publication.sections["server"]["user"] = "nobody"
    publication.article("articles/one.gmi", "One")
    server = serve(publication)
    server.expect("/articles/one.gmi")
    nobody = pwd.getpwnam("nobody").pw_uid
    for pid in server.children():
        seen = facts(pid)
        assert {int(uid) for uid in seen["Uid"].split()} == {nobody}
        assert int(seen["CapEff"], 16) == int(seen["CapPrm"], 16) == 0
    assert os.stat(f"/proc/{server.process.pid}").st_uid == 0


@pytest.mark.root
def test_root_without_a_user_is_said_in_the_log(server):
    server.wait_for_log("root")


def test_workers_hold_no_descriptor_of_others(server, publication):
    """Nothing but sockets, the edition, the root folder and the logs."""
    workers = [p["pid"] for p in server.status()["processes"] if p["role"] == "worker"]
    allowed = (str(publication.folder), "socket:", "pipe:", "anon_inode:", "/dev/null", "/memfd:")
    for pid in workers:
        for link in Path(f"/proc/{pid}/fd").iterdir():
            target = os.readlink(link)
            assert target.startswith(allowed), target
            assert not target.endswith((".key", "/lock")), target


def shared_memory(pid, rights):
    """The mappings of a process that others have too and it has with such rights: (start, end)."""
    for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
        fields = line.split(maxsplit=5)
        if fields[1] == rights and len(fields) == 6:
            start, end = (int(number, 16) for number in fields[0].split("-"))
            yield start, end


@pytest.mark.root
def test_a_worker_that_scribbles_over_all_it_shares_stops_nobody(publication, serve):
    publication.sections["server"]["workers"] = "2"
    publication.sections["limits"] = {"requests-per-minute": "100000"}
    server = serve(publication)
    scribbler, _ = [p["pid"] for p in server.status()["processes"] if p["role"] == "worker"]
    with open(f"/proc/{scribbler}/mem", "r+b", buffering=0) as memory:
        # A debugger may write where the process itself may make a mapping writable, and no more.
        for start, _ in shared_memory(scribbler, "r--s"):
            with pytest.raises(OSError):
                os.pwrite(memory.fileno(), b"\x7f", start)
        assert list(shared_memory(scribbler, "rw-s"))
        for start, end in shared_memory(scribbler, "rw-s"):
            os.pwrite(memory.fileno(), b"\x7f" * (end - start), start)

    eventually(lambda: server.get("/").status == 20)
    os.kill(scribbler, signal.SIGKILL)
    eventually(lambda: len(server.children()) == 3 and scribbler not in server.children())
    for _ in range(20):
        assert server.get("/").status == 20
    seen = server.status()
    assert seen["pid"] == server.process.pid
    assert {p["pid"] for p in seen["processes"]} == set(server.children())
    assert all(p["restarts"] in (0, 1) and p["uptime"] < 600 for p in seen["processes"])
    assert 0 <= seen["counters"]["connections"] < 100


def test_a_dead_child_of_ours_is_not_left_as_a_zombie(server):
    pid = server.children()[0]
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: pid not in server.children())
    assert not Path(f"/proc/{pid}").exists()


FORBIDDEN_POLL = """
#include <sys/epoll.h>
#include <sys/socket.h>
int epoll_pwait(int fd, struct epoll_event *events, int most, int ms, const sigset_t *mask)
{ return socket(AF_INET, SOCK_STREAM, 0); }
int epoll_wait(int fd, struct epoll_event *events, int most, int ms)
{ return socket(AF_INET, SOCK_STREAM, 0); }
"""


@pytest.mark.skipif(has_sanitizer(), reason="such a build has no seccomp")
def test_workers_that_the_sandbox_kills_are_never_called_serving(publication):
    """A library of tomorrow polls by a call that is not on the list."""
    library = publication.folder / "poll.so"
    command = ["gcc", "-shared", "-fPIC", "-x", "c", "-", "-o", library]
    subprocess.run(command, input=FORBIDDEN_POLL, text=True, check=True)
    publication.prepare()
    done = run(
        "serve", "-c", publication.ini, env={**os.environ, "LD_PRELOAD": str(library)}
    )
    assert (done.returncode, done.stdout) == (1, "")
    (why,) = [line for line in done.stderr.splitlines() if "giving up" in line]
    assert "the sandbox refused a system call" in why and "before it was ready" in why
