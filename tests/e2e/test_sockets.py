"""Where the server listens: IPv4, IPv6, Unix sockets, sockets handed over by systemd."""

import os
import pwd
import socket
import stat
import sys

import pytest

from publication import BROADSHEET, Publication, run


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
        return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")
def test_ipv6(publication, serve):
    publication.sections["server"]["listen"] = "[::1]:0"
    server = serve(publication, is_printed=False)
    answer = server.client(address=("::1", server.port)).ask(f"gemini://example.org:{server.port}/x")
    assert answer.status in (41, 51)


@pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")
def test_both_families_on_one_port(publication, serve):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    publication.sections["server"]["listen"] = [f"127.0.0.1:{port}", f"[::1]:{port}"]
    server = serve(publication)
    for address in (("127.0.0.1", port), ("::1", port)):
        assert server.client(address=address).ask(f"gemini://example.org:{port}/").status == 20


def test_unix_socket(publication, serve):
    publication.sections["server"]["listen"] = ["127.0.0.1:0", "unix:gemini.sock"]
    server = serve(publication)
    path = publication.folder / "gemini.sock"
    assert server.client(address=path).ask("gemini://example.org/").status == 20
    server.stop()
    assert not path.exists()


def test_unix_socket_is_not_for_everybody(publication, serve):
    """Whoever may connect is believed who readers are, with the PROXY protocol."""
    publication.sections["server"]["listen"] = ["127.0.0.1:0", "unix:gemini.sock"]
    serve(publication)
    assert stat.S_IMODE((publication.folder / "gemini.sock").stat().st_mode) == 0o660


@pytest.mark.root
def test_unix_socket_is_for_the_group_of_the_user(publication, serve):
    publication.sections["server"]["listen"] = ["127.0.0.1:0", "unix:gemini.sock"]
    publication.sections["server"]["user"] = "nobody"
    server = serve(publication)
    path = publication.folder / "gemini.sock"
    nobody = pwd.getpwnam("nobody")
    seen = path.stat()
    assert (seen.st_uid, seen.st_gid, stat.S_IMODE(seen.st_mode)) == (0, nobody.pw_gid, 0o660)
    assert server.client(address=path).ask("gemini://example.org/").status == 20

    def may_connect(user, group):
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setgid(group)
            os.setuid(user)
            with socket.socket(socket.AF_UNIX) as reader:
                os._exit(reader.connect_ex(os.fspath(path)) != 0)
        return os.waitpid(child, 0)[1] == 0

    path.parent.chmod(0o755)
    assert may_connect(54321, nobody.pw_gid)
    assert not may_connect(54321, 54321)


def test_unix_socket_left_by_a_killed_server_is_replaced(publication, serve):
    publication.sections["server"]["listen"] = ["127.0.0.1:0", "unix:gemini.sock"]
    server = serve(publication)
    server.kill()
    server = serve(publication)
    address = publication.folder / "gemini.sock"
    assert server.client(address=address).ask("gemini://example.org/").status == 20


def test_file_in_the_place_of_a_unix_socket_is_not_touched(publication):
    publication.sections["server"]["listen"] = "unix:precious"
    (publication.folder / "precious").write_text("data")
    publication.prepare()
    done = run("serve", "-c", publication.ini)
    assert done.returncode != 0 and "precious" in done.stderr
    assert (publication.folder / "precious").read_text() == "data"


# Becomes the server with the descriptor it was given as number 3, as systemd does.
ACTIVATE = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1")
os.execv(sys.argv[2], sys.argv[2:])
"""


def test_socket_activation(publication, serve):
    publication.sections["server"]["listen"] = "127.0.0.1:1"  # replaced by what is handed over
    with socket.create_server(("127.0.0.1", 0)) as listening:
        number = listening.fileno()
        port = listening.getsockname()[1]
        command = [sys.executable, "-c", ACTIVATE, str(number), BROADSHEET, "serve", "-c"]
        server = serve(publication, command=command + [str(publication.ini)], descriptors=(number,))
        assert server.port == port
        assert server.get("/").status == 20


def test_readiness_is_told_to_systemd(publication, serve):
    path = publication.folder / "notify.sock"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notify:
        notify.bind(str(path))
        notify.settimeout(15)
        server = serve(publication, environment={"NOTIFY_SOCKET": str(path)})
        assert b"READY=1" in notify.recv(1000)
        server.stop()
        assert b"STOPPING=1" in notify.recv(1000)


def test_occupied_port_is_told_in_one_line(server, publication):
    second = Publication(publication.folder / "second")
    second.sections["server"]["listen"] = f"127.0.0.1:{server.port}"
    second.prepare()
    done = run("serve", "-c", second.ini)
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) <= 2
    assert f"127.0.0.1:{server.port}" in done.stderr and "in use" in done.stderr


def test_second_server_on_the_same_state_is_refused(server, publication):
    done = run("serve", "-c", publication.ini)
    assert done.returncode == 1
    assert str(server.process.pid) in done.stderr
    assert server.get("/").status == 20
    assert os.path.exists(publication.state / "control.sock")
