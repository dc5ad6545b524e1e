"""Fixtures: a publication of one's own for each test, and the server for it."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from publication import BROADSHEET, Publication, Server


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.failed:
        for publication in getattr(item, "publications", []):
            if publication.log.exists():
                log = publication.log.read_text(errors="replace")[-8000:]
                report.sections.append((f"server log of {publication.folder}", log))


@pytest.fixture
def folder():
    """A short path, as Unix sockets need, which other users may enter."""
    path = Path(tempfile.mkdtemp(prefix="broadsheet-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def publication(folder, request):
    publication = Publication(folder)
    request.node.publications = [publication]
    return publication


@pytest.fixture
def serve(request):
    """serve(publication): prepares and starts it; stopped, with exit status 0, after the test."""
    servers = []

    def start(publication, is_printed=True, **how):
        known = request.node.__dict__.setdefault("publications", [])
        if publication not in known:
            known.append(publication)
        publication.prepare()
        server = Server(publication, **how)
        servers.append(server)
        if is_printed:
            server.wait_until_printed()
        return server

    yield start
    failures = []
    for server in servers:
        try:
            if server.process.returncode is None:
                server.stop()
        except Exception as failure:  # stop the others first
            server.kill()
            failures.append(failure)
    if failures:
        raise failures[0]


@pytest.fixture
def server(publication, serve):
    """A small publication, printed and served."""
    publication.article("articles/one.gmi", "One", body="The text of one.")
    return serve(publication)


P256 = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]


@pytest.fixture
def identity(folder):
    """identity(name): a client certificate of one's own, as (certificate file, key file). kind says
    what key it has, as options of `openssl req`."""

    def make(name, *options, kind=P256):
        certificate, key = folder / f"{name}.client.crt", folder / f"{name}.client.key"
        subprocess.run(
            ["openssl", "req", "-x509", "-nodes", *kind, "-subj", f"/CN={name}", "-days", "30"]
            + ["-keyout", str(key), "-out", str(certificate), *options],
            check=True,
            capture_output=True,
        )
        return certificate, key

    return make


@pytest.fixture
def heidi(publication, identity):
    """An editor's (certificate file, key file)."""
    heidi = identity("heidi")
    publication.hire("heidi", "Heidi", "editor", heidi)
    return heidi


@pytest.fixture
def desk(heidi, server):
    """The server, to which heidi may send something."""
    return server


@pytest.fixture
def expired_identity(identity, folder):
    """A client certificate whose time is over."""
    certificate, key = identity("expired")
    request, authority = folder / "expired.csr", folder / "authority"
    authority.mkdir()
    (authority / "index.txt").touch()
    (authority / "ca.cnf").write_text(
        f"[ca]\ndefault_ca = own\n[own]\ndatabase = {authority}/index.txt\n"
        f"new_certs_dir = {authority}\nrand_serial = yes\ndefault_md = sha256\npolicy = any\n"
        "[any]\ncommonName = supplied\n"
    )
    for command in (
        f"openssl req -new -key {key} -subj /CN=expired -out {request}",
        f"openssl ca -batch -selfsign -notext -config {authority}/ca.cnf -keyfile {key} "
        f"-in {request} -out {certificate} -startdate 20200101000000Z -enddate 20210101000000Z",
    ):
        subprocess.run(command.split(), check=True, capture_output=True)
    return certificate, key


def pytest_report_header():
    return f"broadsheet: {BROADSHEET}"


def pytest_collection_modifyitems(items):
    """Tests that need root say so with @pytest.mark.root."""
    for item in items:
        if item.get_closest_marker("root") and os.geteuid() != 0:
            item.add_marker(pytest.mark.skip(reason="needs root"))


def pytest_configure(config):
    config.addinivalue_line("markers", "root: needs to be root (mounts, other users)")
    config.addinivalue_line("markers", "alone: needs the machine to itself, see run.sh")
