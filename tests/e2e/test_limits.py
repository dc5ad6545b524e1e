"""Deadlines and limits of [limits]."""

import os
import select
import signal
import socket

import pytest

from gemini import PATIENCE
from publication import eventually


def wait_until_closed(plain):
    plain.settimeout(PATIENCE)
    try:
        while plain.recv(4096):
            pass
    except ConnectionResetError:
        pass


def is_open(connection):
    """Its end has not come. What has, as tickets of the session do, is taken in."""
    while select.select([connection.socket], [], [], 0)[0]:
        if not connection.feed():
            return False
    return True


@pytest.fixture
def limited(publication, serve):
    """Starts a server with these limits. Of its deadlines only those named come within a test."""

    def start(**limits):
        deadlines = ("handshake_timeout", "request_timeout", "send_timeout")
        limits = {**dict.fromkeys(deadlines, 10 * PATIENCE), **limits}
        publication.sections["limits"] = {key.replace("_", "-"): value for key, value in limits.items()}
        publication.article("articles/one.gmi", "One")
        return serve(publication)

    return start


def test_silence_before_the_handshake_has_an_end(limited):
    server = limited(handshake_timeout=1)
    with server.client().connect() as patient:
        patient.handshake()  # from now on it is another deadline's
        for opening in (b"", b"\x16\x03\x01"):
            with socket.create_connection(server.address) as plain:
                plain.sendall(opening)
                wait_until_closed(plain)
        assert is_open(patient)


def test_silence_before_the_request_has_an_end_without_a_byte(limited):
    server = limited(request_timeout=1)
    with server.client().connect() as patient:  # its handshake has another deadline
        for beginning in (b"", b"gemini://exam", b"gemini://example.org/\n"):
            with server.client().connect() as connection:
                connection.handshake()
                connection.send(beginning)
                answer = connection.receive()
                assert answer.raw == b"" and not answer.is_closed
        assert is_open(patient)


def test_slow_letters_do_not_stretch_the_deadline(limited):
    server = limited(request_timeout=1)
    with server.client().connect() as connection:
        connection.handshake()

        def is_let_go():
            connection.send(b"g")
            return connection.answer.is_reset or not is_open(connection)

        eventually(is_let_go, what="the end, whatever was sent")


def test_reader_who_stops_reading_is_let_go(limited, publication):
    publication.file("large.bin", b"x" * (64 << 20))
    server = limited(send_timeout=1)
    with server.client().connect() as connection:
        connection.handshake()
        connection.send(f"gemini://example.org:{server.port}/large.bin\r\n".encode())
        connection.receive(at_most=1)
        eventually(lambda: server.status()["counters"]["connections"] == 0, what="connection let go")
        answer = connection.receive()
    assert not answer.is_closed and len(answer.raw) < 64 << 20


def test_slow_but_steady_reader_gets_everything(limited, publication):
    publication.file("large.bin", b"x" * (64 << 20))
    server = limited(send_timeout=2)
    with server.client().connect() as stuck, server.client().connect() as steady:
        for connection in (stuck, steady):
            connection.handshake()
            connection.send(f"gemini://example.org:{server.port}/large.bin\r\n".encode())

        def is_stuck_let_go():
            steady.receive(at_most=len(steady.received) + (256 << 10))
            return server.status()["counters"]["connections"] == 1

        eventually(is_stuck_let_go)  # so the deadline has come for both
        assert not steady.answer.is_closed
        answer = steady.receive()
    assert len(answer.body) == 64 << 20 and answer.is_closed


def test_client_has_so_many_connections_and_no_more(limited):
    server = limited(connections_per_client=4)
    open_ones = []
    for _ in range(4):
        connection = server.client().connect()
        connection.handshake()
        open_ones.append(connection)
    with socket.create_connection(server.address) as fifth:
        fifth.sendall(b"\x16\x03\x01")  # accepted only once something comes
        wait_until_closed(fifth)
    for connection in open_ones:
        assert is_open(connection)
        connection.close()
    eventually(lambda: _answers(server), what="free again")


def _answers(server):
    try:
        return server.get("/").status == 20
    except (OSError, AssertionError):
        return False


def test_idle_connections_make_room_for_readers(limited):
    server = limited(connections=20, connections_per_client=1000)
    idle = []
    for _ in range(60):
        connection = server.client().connect()
        try:
            connection.handshake()
        except OSError:
            pass
        idle.append(connection)
    for _ in range(10):
        assert server.get("/").status == 20
    for connection in idle:
        connection.close()


def _idle(server, count):
    idle = [server.client().connect() for _ in range(count)]
    for connection in idle:
        connection.handshake()
    return idle


def _workers(server):
    return [process for process in server.status()["processes"] if process["role"] == "worker"]


def _idle_in_each(server, count):
    """Opens them anew until each worker holds some."""
    while True:
        idle = _idle(server, count)
        if all(worker["connections"] > 0 for worker in _workers(server)):
            return idle
        for connection in idle:
            connection.close()


def test_idle_connections_of_one_worker_make_room_for_readers_of_another(publication, limited):
    publication.sections["server"]["workers"] = "2"
    server = limited(connections=20, connections_per_client=1000)
    stopped = _workers(server)[0]["pid"]
    os.kill(stopped, signal.SIGSTOP)
    try:
        idle = _idle(server, 20)
    finally:
        os.kill(stopped, signal.SIGCONT)
    for _ in range(40):
        assert server.get("/").status == 20
    for connection in idle:
        connection.close()


def test_a_worker_that_does_not_answer_keeps_no_reader_waiting(publication, limited):
    publication.sections["server"]["workers"] = "2"
    server = limited(connections=20, connections_per_client=1000)
    idle = _idle_in_each(server, 20)
    for worker in _workers(server):
        os.kill(worker["pid"], signal.SIGSTOP)
        try:
            answer = server.get("/")
        finally:
            os.kill(worker["pid"], signal.SIGCONT)
        assert answer.status == 20
    for connection in idle:
        connection.close()


def test_a_storm_of_idle_connections_finds_room_each_time(publication, limited):
    publication.sections["server"]["workers"] = "2"
    server = limited(connections=60, connections_per_client=10000)
    idle = _idle(server, 60)
    for _ in range(300):
        idle += _idle(server, 1)
    assert server.get("/").status == 20
    assert sum(map(is_open, idle)) <= 60  # room was made by closing others
    for connection in idle:
        connection.close()


def test_too_many_requests_are_told_to_slow_down(publication, serve):
    publication.sections["limits"]["requests-per-minute"] = 5
    publication.sections["server"]["workers"] = "1"
    server = serve(publication, is_printed=False)
    answers = [server.get("/nope") for _ in range(8)]
    assert {answer.status for answer in answers[:4]} <= {41, 51}
    assert answers[-1].status == 44 and answers[-1].meta.isdigit()


def test_hundreds_of_idle_connections_keep_nobody_waiting(limited):
    server = limited(connections_per_client=5000, connections=5000)
    idle = []
    try:
        for _ in range(400):
            connection = server.client().connect()
            connection.handshake()
            idle.append(connection)
        assert server.get("/").status == 20
        assert all(map(is_open, idle))
    finally:
        for connection in idle:
            connection.close()
