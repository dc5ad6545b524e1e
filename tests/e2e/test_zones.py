"""Zones over real TLS: who may read, who is told what, and what nobody may learn of them."""

import re
import signal
import ssl
import subprocess
from hashlib import sha256

import pytest

from publication import eventually, run

CONFIG = """
[ca]
default_ca = own
[own]
database = {folder}/{name}.index
new_certs_dir = {folder}
serial = {folder}/{name}.serial
crlnumber = {folder}/{name}.crlnumber
default_md = sha256
default_crl_days = 30
policy = any
unique_subject = no
[any]
commonName = supplied
[authority]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[member]
basicConstraints = critical, CA:false
[server]
extendedKeyUsage = serverAuth
"""


class Authority:
    """A certificate authority made with openssl(1), as an admin would."""

    def __init__(self, folder, name, issuer=None):
        self.folder, self.name = folder, name
        self.key, self.certificate = folder / f"{name}.key", folder / f"{name}.pem"
        self.config = folder / f"{name}.cnf"
        self.config.write_text(CONFIG.format(folder=folder, name=name))
        (folder / f"{name}.index").touch()
        for counter in ("serial", "crlnumber"):
            (folder / f"{name}.{counter}").write_text("1000\n")
        self.make_request(name, self.key)
        if issuer is None:
            self.sign(name, self.certificate, "authority", "-selfsign")
        else:
            issuer.sign(name, self.certificate, "authority")

    def openssl(self, *words):
        subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)

    def make_request(self, name, key):
        self.openssl(
            *["req", "-new", "-nodes", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
            *["-subj", f"/CN={name}", "-keyout", key, "-out", self.folder / f"{name}.csr"],
        )

    def sign(self, name, certificate, kind, *options):
        self.openssl(
            *["ca", "-batch", "-notext", "-config", self.config, "-keyfile", self.key],
            *(["-cert", self.certificate] if "-selfsign" not in options else []),
            *["-extensions", kind, "-days", "30", "-in", self.folder / f"{name}.csr"],
            *["-out", certificate, *options],
        )

    def member(self, name, *options, kind="member"):
        """A certificate and its key, signed by this authority."""
        certificate, key = self.folder / f"{name}.crt", self.folder / f"{name}.member.key"
        self.make_request(name, key)
        self.sign(name, certificate, kind, *options)
        return certificate, key

    def list_revoked(self, *options):
        """The authority's revocation list, in PEM."""
        out = self.folder / f"{self.name}.crl"
        self.openssl(
            *["ca", "-gencrl", "-config", self.config, "-keyfile", self.key],
            *["-cert", self.certificate, "-out", out, *options],
        )
        return out.read_text()

    def revoke(self, certificate):
        self.openssl(
            *["ca", "-config", self.config, "-keyfile", self.key, "-cert", self.certificate],
            *["-revoke", certificate],
        )


PAST = ("-startdate", "20200101000000Z", "-enddate", "20210101000000Z")
FUTURE = ("-startdate", "20900101000000Z", "-enddate", "20910101000000Z")


@pytest.fixture
def members(publication):
    """A folder that only members may read; what admits them is for each test to say."""
    publication.article("articles/public.gmi", "Public tide", "2025-06-12")
    publication.article("articles/members/secret.gmi", "Secret tide", "2025-06-13", tags="tides")
    publication.file("articles/members/plan.txt", "The plan.\n")
    zone = publication.sections["zone example.org/articles/members/"] = {"require": "authority"}
    return zone


@pytest.fixture
def root(folder):
    return Authority(folder, "root")


@pytest.fixture
def issuer(folder, root):
    """The intermediate that signs members' certificates."""
    return Authority(folder, "issuer", root)


def write_authority(folder, *parts):
    path = folder / "authority.pem"
    texts = [p.certificate.read_text() if isinstance(p, Authority) else p for p in parts]
    path.write_text("".join(texts))
    return path.name


SECRET = "/articles/members/secret.gmi"


def test_an_authority_admits_whom_it_signed(members, publication, serve, folder, root, issuer):
    stranger = Authority(folder, "stranger")
    members["authority"] = write_authority(folder, issuer, root)
    server = serve(publication)
    assert b"Secret" in server.get(SECRET, identity=issuer.member("ida")).body
    assert server.get(SECRET, identity=root.member("ruth")).status == 20
    assert server.get("/articles/members/plan.txt", identity=issuer.member("jo")).status == 20
    assert server.get(SECRET).status == 60

    foreign = server.get(SECRET, identity=stranger.member("ida2"))
    assert foreign.status == 61 and "authority" in foreign.meta
    assert server.get(SECRET, identity=issuer.member("web", kind="server")).status == 61
    assert server.get(SECRET, identity=issuer.member("old", *PAST)).status == 62
    assert server.get(SECRET, identity=issuer.member("early", *FUTURE)).status == 62
    # A look-alike: the same names, other keys.
    (folder / "twin").mkdir()
    twin_root = Authority(folder / "twin", "root")
    twin = Authority(folder / "twin", "issuer", twin_root)
    assert server.get(SECRET, identity=twin.member("ida")).status == 61


def test_a_member_may_send_the_authorities_above_along(
    members, publication, serve, folder, root, issuer
):
    members["authority"] = write_authority(folder, issuer, root)
    certificate, key = issuer.member("ida")
    chain = folder / "chain.crt"
    parts = [certificate, issuer.certificate, root.certificate]
    chain.write_text("".join(p.read_text() for p in parts))
    assert serve(publication).get(SECRET, identity=(chain, key)).status == 20


def test_self_signed_certificates_are_not_of_the_authority(
    members, publication, serve, folder, root, identity
):
    members["authority"] = write_authority(folder, root)
    server = serve(publication)
    assert server.get(SECRET, identity=identity("self")).status == 61


def test_only_what_is_in_the_file_counts(members, publication, serve, folder, root, issuer):
    """An intermediate that the client sends along is nothing we know: a resumed session would not
    bring it back."""
    members["authority"] = write_authority(folder, root)
    server = serve(publication)
    certificate, key = issuer.member("ida")
    chain = folder / "chain.crt"
    chain.write_text(certificate.read_text() + issuer.certificate.read_text())
    assert server.get(SECRET, identity=(chain, key)).status == 61


def test_revoked_members_are_refused(members, publication, serve, folder, root, issuer):
    ida, jo = issuer.member("ida"), issuer.member("jo")
    issuer.revoke(ida[0])
    members["authority"] = write_authority(folder, root, issuer, issuer.list_revoked())
    server = serve(publication)
    refused = server.get(SECRET, identity=ida)
    assert refused.status == 61 and "revoked" in refused.meta
    assert server.get(SECRET, identity=jo).status == 20
    assert server.get(SECRET, identity=root.member("ruth")).status == 20  # its issuer has no list


def test_a_revocation_list_out_of_date_still_counts(
    members, publication, serve, folder, root, issuer
):
    ida, jo = issuer.member("ida"), issuer.member("jo")
    issuer.revoke(ida[0])
    dates = ("-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20210101000000Z")
    members["authority"] = write_authority(folder, root, issuer, issuer.list_revoked(*dates))
    server = serve(publication)
    assert server.get(SECRET, identity=ida).status == 61
    assert server.get(SECRET, identity=jo).status == 20


def test_a_revoked_intermediate_takes_its_members_along(
    members, publication, serve, folder, root, issuer
):
    ida = issuer.member("ida")
    root.revoke(issuer.certificate)
    members["authority"] = write_authority(folder, root, issuer, root.list_revoked())
    assert serve(publication).get(SECRET, identity=ida).status == 61


def test_an_intermediate_out_of_date_is_62(members, publication, serve, folder, root):
    late = Authority(folder, "late", root)
    ida = late.member("ida")
    root.sign("late", late.certificate, "authority", *PAST)
    members["authority"] = write_authority(folder, root, late)
    answer = serve(publication).get(SECRET, identity=ida)
    assert answer.status == 62 and "out of date" in answer.meta


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_resumed_sessions_are_judged_again(
    members, publication, serve, folder, root, issuer, version
):
    ida = issuer.member("ida")
    members["authority"] = write_authority(folder, root, issuer)
    server = serve(publication)
    client = server.client(identity=ida, version=version)
    url = f"gemini://example.org:{server.port}{SECRET}"
    first = client.ask(url)
    assert first.status == 20 and not first.is_resumed
    client.session = first.session
    again = client.ask(url)
    assert again.status == 20 and again.is_resumed

    issuer.revoke(ida[0])
    write_authority(folder, root, issuer, issuer.list_revoked())
    server.signal(signal.SIGHUP)

    # Workers of before may still answer who came to them.
    def is_refused_resumed():
        answer = client.ask(url)
        return answer.status == 61 and answer.is_resumed

    eventually(is_refused_resumed, what="the new revocation list, for a session of before")


@pytest.mark.parametrize(
    "content, expected",
    [
        ("", "expected"),
        ("nonsense\n", "expected"),
        ("intermediate", "root"),
        ("member", "may sign no others"),
    ],
)
def test_a_file_that_is_no_authority_is_refused(
    members, publication, folder, root, issuer, content, expected
):
    text = {
        "intermediate": issuer.certificate.read_text(),
        "member": root.certificate.read_text() + issuer.member("ida")[0].read_text(),
    }.get(content, content)
    members["authority"] = write_authority(folder, text)
    publication.prepare()
    checked = run("check", "-c", publication.ini)
    assert checked.returncode == 2
    assert "authority.pem" in checked.stderr and expected in checked.stderr, checked.stderr


def test_check_warns_of_a_list_that_is_out_of_date(members, publication, folder, root):
    dates = ("-crl_lastupdate", "20200101000000Z", "-crl_nextupdate", "20210101000000Z")
    members["authority"] = write_authority(folder, root, root.list_revoked(*dates))
    publication.prepare()
    checked = run("check", "-c", publication.ini)
    assert checked.returncode == 0
    assert "revocation list that is out of date" in checked.stdout


def test_listed_members_and_no_others(members, publication, serve, identity):
    ida, jo = identity("ida"), identity("jo")
    fingerprint = sha256(ssl.PEM_cert_to_DER_cert(ida[0].read_text())).hexdigest()
    members["require"], members["fingerprint"] = "listed", fingerprint
    server = serve(publication)
    assert server.get(SECRET, identity=ida).status == 20
    refused = server.get(SECRET, identity=jo)
    own = sha256(ssl.PEM_cert_to_DER_cert(jo[0].read_text())).hexdigest()
    assert refused.status == 61 and own in refused.meta  # what to send to be listed


def test_editors_and_no_others(members, publication, serve, identity):
    heidi, jo = identity("heidi"), identity("jo")
    fingerprint = sha256(ssl.PEM_cert_to_DER_cert(heidi[0].read_text())).hexdigest()
    members["require"] = "editor"
    publication.sections["editor heidi"] = {"name": "Heidi", "fingerprint": fingerprint}
    server = serve(publication)
    assert server.get(SECRET, identity=heidi).status == 20
    assert server.get(SECRET, identity=jo).status == 61


def test_any_certificate_in_date(members, publication, serve, identity, expired_identity):
    members["require"] = "certificate"
    server = serve(publication)
    assert server.get(SECRET, identity=identity("ida")).status == 20
    assert server.get(SECRET).status == 60
    assert server.get(SECRET, identity=expired_identity).status == 62
    assert server.get("/articles/public.gmi", identity=expired_identity).status == 20
    assert server.get("/articles/members/nothing-there.gmi").status == 60  # not even that is told


def test_nothing_public_tells_of_members_articles(members, publication, serve, identity):
    members["require"] = "certificate"
    publication.article("articles/older.gmi", "Older tide", "2025-06-11", tags="tides")
    server = serve(publication)
    ida = identity("ida")
    for path in ("/", "/articles/public.gmi", "/atom.xml", "/search?tide", "/search/best?secret"):
        for how in ({}, {"identity": ida}):
            page = server.get(path, **how).text
            assert "Secret" not in page and "members/" not in page, path
    assert "\nFound: 2\n" in server.get("/search?tide").text


def test_much_news_of_members_hides_no_older_news(members, publication, serve):
    """More than is passed over one by one, all of it newer than what is for everybody."""
    members["require"] = "certificate"
    (publication.root / "articles/public.gmi").unlink()
    for number in range(250):
        publication.article(
            f"articles/members/{number}.gmi", f"Closed {number}", "2025-06-13", tags="both"
        )
    for number in range(25):
        publication.article(
            f"articles/open/{number}.gmi", f"Open {number:02}", f"2025-05-{number + 1:02}", tags="both"
        )
    server = serve(publication)
    server.wait_until_printed()
    for path in ("/", "/articles/", "/tags/both", "/archive/2025/05/"):
        text = server.get(path).text
        assert re.findall(r" Open (\d\d)$", text, re.M) == [f"{n:02}" for n in range(24, 4, -1)], path
        more = re.search(r"^=> (\S+) Show more$", text, re.M).group(1)
        text = server.get(more).text
        assert re.findall(r" Open (\d\d)$", text, re.M) == [f"{n:02}" for n in range(4, -1, -1)], path
        assert "Show more" not in text
    assert server.get("/atom.xml").text.count("<entry") == 20
    assert server.get("/articles/open/3.gmi").text.count("=> /articles/open/") == 5


def test_a_closed_capsule_is_whole_for_those_it_admits(publication, serve, identity):
    publication.article("articles/secret.gmi", "Secret tide", "2025-06-13")
    publication.sections["zone example.org/"] = {"require": "certificate"}
    server = serve(publication, is_printed=False)
    ida = identity("ida")
    pages = ("/", "/atom.xml", "/search?tide", "/articles/secret.gmi")
    eventually(lambda: server.get("/", identity=ida).status == 20, what="the first edition")
    for path in pages:
        assert server.get(path).status == 60, path
        assert "Secret tide" in server.get(path, identity=ida).text, path
