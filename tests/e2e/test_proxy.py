"""The PROXY protocol, as a forwarder in front of the server speaks it."""

import socket
import ssl
import struct

import pytest

from publication import eventually

SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"


def version_2(client="192.0.2.77", command=1, trailing=b""):
    addresses = socket.inet_aton(client) + socket.inet_aton("198.51.100.1") + struct.pack("!HH", 4711, 1965)
    body = addresses + trailing
    return SIGNATURE + bytes([0x20 | command, 0x11]) + struct.pack("!H", len(body)) + body


@pytest.fixture
def behind_proxy(publication, serve):
    publication.sections["server"].update({"proxy-protocol": "yes", "proxy-from": ["127.0.0.0/8"]})
    publication.sections["log"]["access"] = "access.log"
    publication.article("articles/one.gmi", "One")
    server = serve(publication, is_printed=False)
    eventually(lambda: ask(server, version_2()).status != 41)
    return server


def ask(server, prelude):
    client = server.client(prelude=prelude)
    return client.ask(f"gemini://example.org:{server.port}/articles/one.gmi")


@pytest.mark.parametrize(
    "prelude, client",
    [
        (b"PROXY TCP4 192.0.2.55 198.51.100.1 4711 1965\r\n", "192.0.2.55"),
        (b"PROXY TCP6 2001:db8::5 2001:db8::1 4711 1965\r\n", "2001:db8::5"),
        (version_2("192.0.2.66"), "192.0.2.66"),
        (version_2("192.0.2.68", trailing=b"\x03\x00\x04abcd"), "192.0.2.68"),
        (b"PROXY UNKNOWN\r\n", None),
        (version_2(command=0), None),
        (SIGNATURE + b"\x20\x00\x00\x00", None),
    ],
    ids=["v1 IPv4", "v1 IPv6", "v2 IPv4", "v2 and more", "v1 unknown", "v2 local", "v2 local, empty"],
)
def test_header_tells_who_the_client_is(behind_proxy, publication, prelude, client):
    answer = ask(behind_proxy, prelude)
    assert answer.status == 20 and answer.is_closed
    if client:
        log = publication.folder / "access.log"
        eventually(lambda: client in log.read_text(), what=f"{client} in the access log")


@pytest.mark.parametrize(
    "prelude",
    [b"PROXY nonsense\r\n", b"PROXY TCP4 1.2.3.4\r\n", SIGNATURE + b"\x31\x11\x00\x00", b"\r\n\r\nQ"],
    ids=["word", "half an address", "version 3", "half a signature"],
)
def test_anything_else_is_closed_without_a_byte(behind_proxy, prelude):
    with socket.create_connection(behind_proxy.address, timeout=15) as plain:
        plain.sendall(prelude + b"x" * 300)
        try:
            assert plain.recv(100) == b""
        except ConnectionResetError:
            pass


def test_missing_header_is_closed(behind_proxy):
    with behind_proxy.client().connect() as connection, pytest.raises(ssl.SSLError):
        connection.handshake()


def test_only_named_addresses_may_speak_it(publication, serve):
    publication.sections["server"].update({"proxy-protocol": "yes", "proxy-from": ["192.0.2.0/24"]})
    server = serve(publication, is_printed=False)
    with socket.create_connection(server.address, timeout=10) as plain:
        plain.sendall(version_2() + b"\x16\x03\x01")
        try:
            assert plain.recv(100) == b""
        except ConnectionResetError:
            pass


def test_header_is_not_understood_unless_configured(server):
    with socket.create_connection(server.address, timeout=10) as plain:
        plain.sendall(version_2())
        try:
            assert plain.recv(100) == b""
        except ConnectionResetError:
            pass
