"""SIGHUP: a new configuration without a lost request."""

import signal
import socket
import threading

import pytest

from gemini import PATIENCE
from publication import eventually


def test_new_title_is_live_without_a_reprint(server, publication):
    publication.capsule["title"] = "Renamed"
    publication.write_ini()
    server.signal(signal.SIGHUP)
    server.expect("/", holding="# Renamed\n")
    server.expect("/articles/one.gmi", holding="=> / Renamed\n")


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR1])
def test_access_log_is_opened_again(publication, serve, number):
    publication.sections["log"]["access"] = "access.log"
    server = serve(publication)
    log = publication.folder / "access.log"
    eventually(lambda: log.read_text())
    log.rename(publication.folder / "access.log.1")
    server.signal(number)
    eventually(log.exists, what="a new access log")

    def is_written():
        server.get("/nope")  # perhaps still answered by a worker of the old generation
        return "/nope" in log.read_text()

    eventually(is_written)


@pytest.mark.parametrize(
    "damage, reason",
    [
        (lambda text: text + "[capsul x]\n", "capsul x"),
        (lambda text: text.replace("title =", "titel ="), "titel"),
        (lambda text: text.replace("root = capsule", "root = nowhere"), "nowhere"),
    ],
    ids=["section", "key", "missing root"],
)
def test_bad_configuration_leaves_the_old_one_in_force(server, publication, damage, reason):
    publication.ini.write_text(damage(publication.ini.read_text()))
    server.signal(signal.SIGHUP)
    server.wait_for_log(reason)
    assert "# The Example" in server.get("/").text
    publication.capsule["title"] = "Mended"
    publication.write_ini()
    server.signal(signal.SIGHUP)
    server.expect("/", holding="# Mended\n")


def test_publisher_of_the_new_generation_takes_over(server, publication):
    publication.capsule["title"] = "Renamed"
    publication.write_ini()
    server.signal(signal.SIGHUP)
    server.expect("/", holding="# Renamed\n")
    publication.article("articles/two.gmi", "Two")
    server.expect("/articles/two.gmi")
    eventually(lambda: len(server.children()) == 3, what="the old generation to be gone")
    assert {process["generation"] for process in server.status()["processes"]} == {2}


def test_new_address_is_opened_and_a_removed_one_closed(server, publication):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    publication.sections["server"]["listen"] = f"127.0.0.1:{port}"
    publication.write_ini()
    server.signal(signal.SIGHUP)
    server.wait_for_log("generation 2 is serving")
    new = server.client(address=("127.0.0.1", port))
    assert eventually(lambda: new.ask(f"gemini://example.org:{port}/")).status == 20

    def is_closed():
        try:
            socket.create_connection(server.address, timeout=PATIENCE).close()
            return False
        except ConnectionRefusedError:
            return True

    eventually(is_closed, what="the old address to be closed")


def test_no_request_is_lost_while_reloading(server):
    failures, is_over = [], threading.Event()

    def keep_asking():
        while not is_over.is_set():
            try:
                answer = server.get("/articles/one.gmi")
                if answer.status != 20 or not answer.is_closed:
                    failures.append(answer.raw[:100])
            except Exception as failure:
                failures.append(repr(failure))

    readers = [threading.Thread(target=keep_asking) for _ in range(2)]
    for reader in readers:
        reader.start()
    for generation in (2, 3, 4):
        server.signal(signal.SIGHUP)
        server.wait_for_log(f"generation {generation} is serving")
        eventually(lambda: len(server.children()) == 3, what="one generation only")
    is_over.set()
    for reader in readers:
        reader.join()
    assert failures == []


def test_answer_under_way_is_finished_by_the_old_generation(server, publication):
    publication.file("large.bin", b"x" * (32 << 20))
    server.expect("/large.bin")
    with server.client().connect() as connection:
        connection.handshake()
        connection.send(f"gemini://example.org:{server.port}/large.bin\r\n".encode())
        connection.receive(at_most=1)
        server.signal(signal.SIGHUP)
        server.wait_for_log("generation 2 is serving")
        answer = connection.receive()
    assert len(answer.body) == 32 << 20 and answer.is_closed


def test_new_certificate_is_taken_up(server, publication):
    before = server.get("/").certificate
    for name in ("example.org.crt", "example.org.key"):
        (publication.folder / name).unlink()
    publication.make_certificates()
    server.signal(signal.SIGHUP)
    eventually(lambda: server.get("/").certificate != before, what="the new certificate")
