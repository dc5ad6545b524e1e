"""`cert`: certificates as Gemini clients want them, and never one lost."""

import os
import re
import ssl
import stat
import subprocess

from publication import run


def openssl(certificate, *words):
    return subprocess.run(
        ["openssl", "x509", "-nameopt", "oneline", "-in", str(certificate), "-noout", *words],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def make(publication, *words):
    publication.write_ini()
    return run("cert", *words, "-c", publication.ini)


def test_new_makes_what_the_ini_file_names(publication):
    publication.capsule.update(
        certificate="deep/er/one.pem", key="secret/two.pem", alias=["www.example.org", "127.0.0.1"]
    )
    publication.root.rmdir()  # cert needs nothing else to be there
    os.umask(0o022)
    done = make(publication, "new", "example.org")
    assert done.returncode == 0, done.stderr
    certificate = publication.folder / "deep/er/one.pem"
    key = publication.folder / "secret/two.pem"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(certificate.stat().st_mode) == 0o644
    text = openssl(certificate, "-text")
    assert "ASN1 OID: prime256v1" in text
    assert "Subject: CN = example.org" in text
    assert "DNS:example.org, DNS:www.example.org, IP Address:127.0.0.1" in text
    assert openssl(certificate, "-checkend", str(int(19.9 * 365 * 86400))).strip().endswith("not expire")
    ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)


def test_new_never_overwrites(publication):
    assert make(publication, "new", "example.org").returncode == 0
    files = [publication.folder / f"example.org.{kind}" for kind in ("crt", "key")]
    before = [file.read_bytes() for file in files]
    done = make(publication, "new", "example.org")
    assert done.returncode == 1
    assert all(str(file) in done.stderr for file in files)
    assert "cert renew example.org" in done.stderr
    assert [file.read_bytes() for file in files] == before
    again = make(publication, "new", "example.org", "--if-missing")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert [file.read_bytes() for file in files] == before


def test_new_leaves_a_lone_file_and_a_dangling_link_alone(publication):
    key = publication.folder / "example.org.key"
    certificate = publication.folder / "example.org.crt"
    key.symlink_to("/no/such/file")
    assert make(publication, "new", "example.org", "--if-missing").returncode == 1
    assert key.is_symlink() and not certificate.exists()
    key.unlink()
    certificate.write_text("precious")
    done = make(publication, "new", "example.org")
    assert done.returncode == 1
    assert "is missing" in done.stderr
    assert certificate.read_text() == "precious" and not key.exists()


def test_renew_keeps_the_key(publication):
    make(publication, "new", "example.org")
    key = (publication.folder / "example.org.key").read_bytes()
    certificate = publication.folder / "example.org.crt"
    public_key, before = openssl(certificate, "-pubkey"), certificate.read_bytes()
    publication.capsule["alias"] = "new.example.org"
    done = make(publication, "renew", "example.org")
    assert done.returncode == 0, done.stderr
    assert (publication.folder / "example.org.key").read_bytes() == key
    assert openssl(certificate, "-pubkey") == public_key
    assert certificate.read_bytes() != before
    assert "DNS:new.example.org" in openssl(certificate, "-text")
    assert not [name for name in os.listdir(publication.folder) if name.startswith(".")]


def test_renew_makes_a_certificate_that_is_missing_and_needs_the_key(publication):
    make(publication, "new", "example.org")
    (publication.folder / "example.org.crt").unlink()
    assert make(publication, "renew", "example.org").returncode == 0
    (publication.folder / "example.org.key").unlink()
    done = make(publication, "renew", "example.org")
    assert done.returncode == 1
    assert "example.org.key: No such file" in done.stderr


def test_renew_leaves_a_certificate_of_an_authority_alone(publication, folder):
    for name, options in (
        ("ca", ["-x509", "-subj", "/CN=Authority"]),
        ("example.org", ["-subj", "/CN=example.org"]),
    ):
        subprocess.run(
            ["openssl", "req", "-nodes", "-newkey", "rsa:2048", "-out", folder / f"{name}.crt"]
            + ["-keyout", folder / f"{name}.key", *options],
            check=True,
            capture_output=True,
        )
    signed = subprocess.run(
        ["openssl", "x509", "-req", "-in", folder / "example.org.crt", "-CA", folder / "ca.crt"]
        + ["-CAkey", folder / "ca.key", "-set_serial", "1"],
        check=True,
        capture_output=True,
    ).stdout
    (folder / "example.org.crt").write_bytes(signed)
    done = make(publication, "renew", "example.org")
    assert done.returncode == 1
    assert "not self-signed" in done.stderr
    assert (folder / "example.org.crt").read_bytes() == signed


def test_show_tells_the_fingerprint_first(publication):
    make(publication, "new", "example.org")
    certificate = publication.folder / "example.org.crt"
    done = run("cert", "show", certificate)
    assert done.returncode == 0
    fingerprints = re.findall(r"\b[0-9a-f]{64}\b", done.stdout)
    expected = openssl(certificate, "-fingerprint", "-sha256").split("=")[1].strip()
    assert fingerprints[0] == expected.replace(":", "").lower()
    assert len(fingerprints) == 2
    assert "CN = example.org" in done.stdout


def test_show_of_something_else_says_what_was_expected(folder):
    other = folder / "other"
    other.write_text("hello")
    done = run("cert", "show", other)
    assert done.returncode == 1
    assert f"{other}: expected a certificate in PEM" in done.stderr


def test_a_host_that_the_ini_file_does_not_have_is_a_mistake(publication):
    done = make(publication, "new", "other.org")
    assert done.returncode == 2
    assert "no [capsule other.org]" in done.stderr
