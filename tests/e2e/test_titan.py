"""Uploads over real TLS with client certificates: the rows 78 to 110 of the test vectors."""

import subprocess

import pytest


def fingerprint(identity):
    """SHA-256 of a certificate, as openssl prints it."""
    certificate, _ = identity
    words = ["openssl", "x509", "-in", str(certificate), "-noout", "-fingerprint", "-sha256"]
    return subprocess.run(words, check=True, capture_output=True, text=True).stdout.split("=")[1]


@pytest.fixture
def editor(publication, identity):
    """An editor named heidi; (certificate file, key file)."""
    heidi = identity("heidi")
    publication.sections["editor heidi"] = {
        "name": "Heidi",
        "fingerprint": fingerprint(heidi).strip(),
        "role": "editor",
    }
    return heidi


def upload(server, identity, path, body, params="", **how):
    client = server.client(identity=identity, **how)
    with client.connect() as connection:
        connection.handshake()
        connection.send(f"titan://example.org{path};size={len(body)}{params}\r\n".encode() + body)
        return connection.receive()


def test_an_upload_is_answered_with_its_address_and_served(editor, publication, serve):
    server = serve(publication)
    answer = upload(server, editor, "/articles/n.gmi", b"# New\n\nabc\n")
    assert answer.head == f"30 gemini://example.org:{server.port}/articles/n.gmi"
    assert answer.is_closed
    assert "abc" in server.get("/articles/n.gmi").text
