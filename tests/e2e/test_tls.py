"""TLS: versions, resumption, client certificates, and how a connection ends."""

import signal
import socket
import ssl
import subprocess

import pytest

VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]


def url(server, path="/"):
    return f"gemini://example.org:{server.port}{path}"


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("has_identity", [False, True], ids=["anonymous", "identity"])
def test_sessions_resume_again_and_again(server, identity, version, has_identity):
    client = server.client(version=version, identity=identity("ada") if has_identity else None)
    first = client.ask(url(server))
    assert first.status == 20 and not first.is_resumed
    for _ in range(4):  # one ticket, used many times, by any worker
        again = server.client(context=client.context, session=first.session).ask(url(server))
        assert again.status == 20 and again.is_resumed and again.is_closed


@pytest.mark.parametrize("version", VERSIONS)
def test_resumed_session_keeps_its_identity(publication, serve, identity, version):
    publication.sections["zone example.org/members/"] = {"require": "certificate"}
    publication.file("members/index.gmi", "Members.\n")
    server = serve(publication)
    client = server.client(version=version, identity=identity("ada"))
    first = client.ask(url(server, "/members/"))
    assert first.text == "Members.\n"
    again = server.client(context=client.context, session=first.session).ask(url(server, "/members/"))
    assert again.is_resumed and again.text == "Members.\n"


def test_sessions_survive_a_reload(server):
    client = server.client()
    first = client.ask(url(server))
    server.signal(signal.SIGHUP)
    server.wait_for_log("generation 2 is serving")
    again = server.client(context=client.context, session=first.session).ask(url(server))
    assert again.status == 20 and again.is_resumed


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_old_versions_are_refused(server):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    with server.client(context=context).connect() as connection, pytest.raises(ssl.SSLError):
        connection.handshake()


@pytest.mark.parametrize(
    "options",
    [
        ["-newkey", "rsa:1024", "-pkeyopt", "rsa_keygen_bits:1024"],
        ["-newkey", "rsa:2048", "-sha1"],
        ["-newkey", "ed25519"],
    ],
    ids=["RSA-1024", "SHA-1", "Ed25519"],
)
def test_any_client_certificate_may_be_shown(server, folder, options):
    certificate, key = folder / "c.crt", folder / "c.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-nodes", *options, "-subj", "/CN=weak", "-days", "3"]
        + ["-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(str(certificate), str(key))
    for version in VERSIONS:
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_2, version
        assert server.client(context=context).ask(url(server)).status == 20


def test_expired_certificate_is_ignored_on_public_pages_and_refused_in_zones(
    publication, serve, expired_identity
):
    publication.sections["zone example.org/members/"] = {"require": "certificate"}
    publication.file("members/index.gmi", "Members.\n")
    server = serve(publication)
    assert server.get("/", identity=expired_identity).status == 20
    assert server.get("/members/", identity=expired_identity).status == 62
    assert server.get("/members/").status == 60


@pytest.mark.parametrize(
    "path, status",
    [("/", 20), ("/nope", 51), ("/articles", 31), ("/articles/one.gmi", 20)],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_close_notify_ends_every_answer(server, path, status, version):
    answer = server.client(version=version).ask(url(server, path))
    assert answer.status == status and answer.is_closed and not answer.is_reset


@pytest.mark.parametrize(
    "opening",
    [b"GET / HTTP/1.0\r\n\r\n", b"gemini://example.org/\r\n", b"SSH-2.0-x\r\n", b"\x00" * 50],
    ids=["HTTP", "Gemini", "SSH", "zeros"],
)
def test_plain_text_is_answered_with_nothing(server, opening):
    with socket.create_connection(server.address, timeout=10) as plain:
        plain.sendall(opening)
        try:
            assert plain.recv(1000) == b""
        except ConnectionResetError:
            pass
    assert server.get("/").status == 20


def test_garbage_instead_of_a_handshake_hurts_nobody(server):
    for garbage in (b"\x16\x03\x01\x00\x05hello", b"\x16\x03\x03\xff\xff" + b"x" * 5000, b"\x16"):
        with socket.create_connection(server.address, timeout=10) as plain:
            plain.sendall(garbage)
    assert server.get("/").status == 20
