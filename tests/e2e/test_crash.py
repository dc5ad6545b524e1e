"""kill -9 of any process at any moment: nothing is lost and nothing needs a hand."""

import contextlib
import os
import random
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from gemini import PATIENCE
from publication import BROADSHEET, eventually


def pids(server, role):
    return [p["pid"] for p in server.status()["processes"] if p["role"] == role]


def wait_until_settled(server):
    """Who dies within its first second is restarted with a pause; whoever is older, at once."""
    eventually(lambda: all(process["uptime"] >= 2 for process in server.status()["processes"]))


def test_killed_worker_is_replaced(server):
    (killed, other) = pids(server, "worker")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: killed not in pids(server, "worker") and len(pids(server, "worker")) == 2)
    assert other in pids(server, "worker")
    for _ in range(20):
        assert server.get("/articles/one.gmi").status == 20
    assert "signal 9" in server.read_log() or "SIGKILL" in server.read_log()


def test_all_workers_killed(server):
    wait_until_settled(server)
    workers = pids(server, "worker")
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    assert server.get("/articles/one.gmi").status == 20
    for pid in workers:
        server.wait_for_log(f"(pid {pid}) was killed by signal 9 (Killed): starting it again at once")


def test_killed_publisher_is_replaced_and_finds_what_it_missed(server, publication):
    wait_until_settled(server)
    (killed,) = pids(server, "publisher")
    os.kill(killed, signal.SIGSTOP)  # so that it sees nothing of what follows
    publication.article("articles/two.gmi", "Two")
    (publication.root / "articles/one.gmi").unlink()
    os.kill(killed, signal.SIGKILL)
    server.expect("/articles/two.gmi")
    server.expect("/articles/one.gmi", 52)
    assert pids(server, "publisher") != [killed]


def test_new_worker_hears_from_the_old_publisher(server, publication):
    (publisher,) = pids(server, "publisher")
    for pid in pids(server, "worker"):
        os.kill(pid, signal.SIGKILL)
    publication.article("articles/two.gmi", "Two")
    server.expect("/articles/two.gmi")
    assert pids(server, "publisher") == [publisher]


def is_alive(pid):
    """Running, and not a zombie that nobody has collected."""
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_children_end_with_a_killed_supervisor_and_the_next_start_needs_no_hand(
    server, publication, serve
):
    children = server.children()
    assert len(children) == 3
    server.kill()
    eventually(lambda: not any(map(is_alive, children)), what="the children to end")
    publication.article("articles/two.gmi", "Two")
    again = serve(publication, is_printed=False)
    assert again.get("/articles/one.gmi").status == 20
    again.expect("/articles/two.gmi")


def pid_in(lock):
    """Of the server that took the lock; 0 before."""
    return int((lock.read_text() if lock.exists() else "") or 0)


def is_asleep(pid):
    return pid != 0 and "nanosleep" in Path(f"/proc/{pid}/wchan").read_text()


def test_a_start_waits_for_what_a_killed_supervisors_children_still_hold(publication, serve):
    """They die with it, but not in the same moment: here the test holds their sockets on."""
    publication.article("articles/one.gmi", "One")
    publication.state.mkdir()
    control = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    control.bind(str(publication.state / "control.sock"))
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    publication.sections["server"]["listen"] = f"127.0.0.1:{port}"
    control.listen()
    control.settimeout(PATIENCE)

    def let_go():
        """Of each when the server was seen to want it."""
        with contextlib.closing(listener):
            eventually(lambda: is_asleep(pid_in(publication.state / "lock")))
        with contextlib.closing(control):
            control.accept()[0].close()  # who finds a socket there looks whether anybody listens

    letting_go = threading.Thread(target=let_go)
    letting_go.start()
    server = serve(publication)
    letting_go.join()
    assert server.port == port
    assert server.get("/articles/one.gmi").status == 20


def test_start_serves_the_last_edition_at_once(publication, serve):
    for number in range(500):
        publication.article(f"articles/{number % 10}/{number}.gmi", f"Number {number}", "2024-01-01")
    server = serve(publication)
    server.expect("/articles/9/499.gmi")
    eventually(lambda: not server.status()["capsules"][0]["scanning"])
    server.stop()
    server = serve(publication, is_printed=False)
    assert server.get("/articles/9/499.gmi").status == 20


@pytest.mark.parametrize("seed", range(4))
def test_killed_in_the_middle_of_the_first_printing(publication, serve, seed):
    for number in range(300):
        publication.article(f"articles/{number % 7}/{number}.gmi", f"Number {number}", "2024-01-01")
    publication.prepare()
    chance = random.Random(seed)
    for _ in range(3):
        server = serve(publication, is_printed=False)
        time.sleep(chance.uniform(0, 0.3))  # the moment is the point
        for pid in server.children():
            os.kill(pid, signal.SIGKILL)
        server.kill()
    server = serve(publication)
    eventually(lambda: server.status()["capsules"][0]["articles"] == 300)
    for number in range(0, 300, 37):
        assert server.get(f"/articles/{number % 7}/{number}.gmi").status == 20
    names = publication.git("ls-tree", "-r", "--name-only", "HEAD").splitlines()
    assert len([name for name in names if name.startswith("articles/")]) == 300
    publication.git("fsck", "--strict")


def test_files_left_by_a_crash_are_cleared_away(publication, serve):
    publication.article("articles/one.gmi", "One")
    server = serve(publication)
    server.stop()
    left = publication.root / "articles/.broadsheet-12-3"
    left.write_text("half")
    lock = publication.state / "example.org/history.git/HEAD.lock"
    lock.touch()
    server = serve(publication)
    eventually(lambda: not left.exists() and not lock.exists())
    publication.article("articles/two.gmi", "Two")
    server.expect("/articles/two.gmi")


def test_stop_takes_no_longer_than_promised(server, publication):
    publication.file("large.bin", b"x" * (64 << 20))
    server.expect("/large.bin")
    with server.client().connect() as stuck, server.client().connect() as idle:
        idle.handshake()
        stuck.handshake()
        stuck.send(f"gemini://example.org:{server.port}/large.bin\r\n".encode())
        stuck.receive(at_most=1)
        children = server.children()
        server.stop()
    assert "generation 1 did not finish in time: killing it" in server.read_log()
    assert not any(map(is_alive, children))


def test_answer_under_way_is_finished_on_stop(server, publication):
    publication.file("large.bin", b"x" * (32 << 20))
    server.expect("/large.bin")
    with server.client().connect() as connection:
        connection.handshake()
        connection.send(f"gemini://example.org:{server.port}/large.bin\r\n".encode())
        connection.receive(at_most=1)
        server.signal(signal.SIGTERM)
        answer = connection.receive()
    assert len(answer.body) == 32 << 20 and answer.is_closed


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_that_stop(server, number):
    server.signal(number)
    assert server.process.wait(PATIENCE) == 0


def test_upgrade_in_place_keeps_pid_and_loses_no_request(publication, serve):
    copy = publication.folder / "broadsheet"
    copy.write_bytes(open(BROADSHEET, "rb").read())
    copy.chmod(0o755)
    publication.article("articles/one.gmi", "One")
    command = [str(copy), "serve", "-c", str(publication.ini)]
    server = serve(publication, command=command)
    before = server.children()
    client = server.client()
    session = client.ask(f"gemini://example.org:{server.port}/").session
    replacement = publication.folder / "replacement"
    replacement.write_bytes(copy.read_bytes())
    replacement.chmod(0o755)
    replacement.rename(copy)
    server.signal(signal.SIGUSR2)
    eventually(lambda: not set(before) & set(server.children()), what="new children only")
    again = server.client(context=client.context, session=session)
    answer = again.ask(f"gemini://example.org:{server.port}/articles/one.gmi")
    assert answer.status == 20 and answer.is_resumed
    publication.article("articles/two.gmi", "Two")
    server.expect("/articles/two.gmi")
    assert server.status()["pid"] == server.process.pid


def test_upgrade_to_a_broken_program_is_refused(publication, serve):
    copy = publication.folder / "broadsheet"
    copy.write_bytes(open(BROADSHEET, "rb").read())
    copy.chmod(0o755)
    command = [str(copy), "serve", "-c", str(publication.ini)]
    server = serve(publication, command=command)
    copy.unlink()
    copy.write_text("#!/bin/false\n")
    copy.chmod(0o755)
    before = len(server.read_log())
    server.signal(signal.SIGUSR2)
    eventually(lambda: len(server.read_log()) > before, what="a word in the log")
    assert server.get("/").status == 20
