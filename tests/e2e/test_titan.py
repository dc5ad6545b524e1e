"""Uploads over real TLS with client certificates: the rows 78 to 110 of the test vectors, as the
design changes them, and who is let in."""

import ssl
import subprocess
import threading

import pytest

from gemini import Client
from publication import HOST, eventually

ARTICLE = b"# A title\n\nThe text.\n"


def key_fingerprint(identity):
    """SHA-256 of a certificate's public key."""
    script = f"openssl x509 -in {identity[0]} -noout -pubkey | openssl pkey -pubin -outform DER"
    return subprocess.run(
        f"{script} | sha256sum", shell=True, check=True, capture_output=True, text=True
    ).stdout.split()[0]


@pytest.fixture
def narrow_limits(publication):
    publication.sections["limits"]["upload-size"] = "64K"


@pytest.fixture
def desk(narrow_limits, desk):
    return desk


def titan(server, identity, request, body=b"", **how):
    """Sends the line and, as one write with it, the body."""
    line = request if isinstance(request, bytes) else request.encode()
    return Client(server.address, identity=identity, **how).ask(line + b"\r\n" + body)


def put(server, identity, path, body=ARTICLE, params="", **how):
    return titan(server, identity, f"titan://{HOST}{path};size={len(body)}{params}", body, **how)


def stored(publication, path):
    file = publication.root / path
    return file.read_bytes() if file.exists() else None


@pytest.mark.parametrize(
    "line",
    [
        "titan://{host}/articles/n.gmi;size=3;token=k",
        "titan://{host}:{port}/articles/n.gmi;mime=text/plain;size=3;token=k",
        "titan://{host}/articles/n.gmi;token=k;mime=text/gemini;size=3",
        "titan://{host}/articles/n.gmi;mime=text/plain; charset=utf-8;size=3;token=k",
        "titan://{host}/articles/n.gmi;size=3;token=k?x=1",
        "titan://{host}/articles/n.gmi;size=3;token=bad",
        "titan://{host}/articles/n.gmi;size=3",
    ],
)
def test_an_upload_goes_live_at_the_address_it_names(desk, heidi, publication, line):
    answer = titan(desk, heidi, line.format(host=HOST, port=desk.port), b"abc")
    assert answer.head == f"30 gemini://{HOST}:{desk.port}/articles/n.gmi"
    assert answer.is_closed
    page = desk.get("/articles/n.gmi")
    assert page.meta.startswith("text/gemini") and "abc" in page.text
    assert b"abc" in stored(publication, "articles/n.gmi")


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        ("titan://{host}/articles/n.gmi", 59),
        ("titan://{host}/articles/n.gmi;size=;token=k", 59),
        ("titan://{host}/articles/n.gmi;size=abc", 59),
        ("titan://{host}/articles/n.gmi;size=-1", 59),
        ("titan://{host}/articles/n.gmi;size=+3", 59),
        ("titan://{host}/articles/n.gmi;size=0x3", 59),
        ("titan://{host}/articles/n.gmi;size=3.0", 59),
        ("titan://{host}/articles/n.gmi;size=99999999999999999999;token=k", 59),
        ("titan://{host}/articles/n.gmi;size=65537;token=k", 50),
        ("titan://{host}/articles/n.gmi;size=3;size=4;token=k", 59),
        ("titan://{host}/articles/n.gmi;size=3;token=k;token=x", 59),
        ("titan://{host}/articles/n.gmi;foo=1;size=3;token=k", 59),
        ("titan://{host}/articles/n.gmi;size=0;token=k", 59),
        ("titan://{host}/articles/..%2fx;size=3;token=k", 59),
        ("titan://{host};mime=text/plain;size=3", 50),
        ("titan://{host}/../x.gmi;size=3", 59),
        ("titan://{host}/articles/one.gmi;edit;size=3", 59),
        ("titan://{host}/articles/n.gmi;size=3;mime=image/png;token=k", 50),
        ("titan://{host}/.hidden;size=3", 50),
        ("titan://{host}/archive/;size=3", 50),
        ("titan://{host}/articles/git~1/n.gmi;size=3", 50),
        ("titan://{host}/articles/Git~1.:x/n.gmi;size=3", 50),
        ("titan://{host}/drafts/%E2%80%8C.git/n.gmi;size=3", 50),
        ("titan://{host}/drafts/" + 470 * "a/" + "n;size=3", 50),
        ("titan://other.org/articles/n.gmi;size=3", 53),
        ("titan://{host}:1/articles/n.gmi;size=3", 53),
        ("titan://{host}/articles/" + 1000 * "n" + ";size=3", 59),
    ],
)
def test_what_cannot_be_taken_is_refused_before_its_body(
    desk, heidi, publication, request_line, status
):
    before = sorted(publication.root.rglob("*"))
    line = request_line.format(host=HOST)
    for body in (b"", b"abc"):  # the answer does not wait for it
        answer = titan(desk, heidi, line, body)
        assert answer.status == status, answer.head
        assert answer.is_closed
    assert sorted(publication.root.rglob("*")) == before


def test_the_limit_itself_is_not_too_large_and_its_refusal_names_it(desk, heidi):
    text = b"# Long\n\n" + b"x" * 1000 + b"\n"
    text += b"y" * (65536 - len(text) - 1) + b"\n"
    assert put(desk, heidi, "/articles/long.gmi", text).status == 30
    answer = titan(desk, heidi, f"titan://{HOST}/articles/n.gmi;size=65537")
    assert answer.status == 50 and "65536 bytes (64 KB)" in answer.meta
    desk.wait_for_log("heidi sent /articles/n.gmi, answered 50 Send at most 65536 bytes")


def test_a_titan_line_as_a_gemini_request_names_nothing(desk, heidi):
    assert desk.get("/articles/one.gmi;size=3").status == 51


def test_edit_gives_the_source_to_editors_only(desk, heidi, identity):
    line = f"titan://{HOST}/articles/one.gmi;edit"
    answer = titan(desk, heidi, line)
    assert answer.status == 20 and "The text of one." in answer.text
    assert "revision = " in answer.text
    assert titan(desk, None, line).status == 60
    assert titan(desk, identity("stranger"), line).status == 61


# --- who comes ---


@pytest.mark.parametrize("path", ["/articles/n.gmi", "/", "/images/"])
def test_strangers_are_turned_away_and_told_what_to_do(
    desk, publication, identity, expired_identity, path
):
    before = sorted(publication.root.rglob("*"))
    answers = [
        put(desk, who, path) for who in (None, identity("stranger"), expired_identity)
    ]
    assert [answer.status for answer in answers] == [60, 61, 62]
    assert answers[0].meta.startswith("Choose ")
    assert answers[1].meta.startswith("Open /desk/")
    assert answers[2].meta.startswith("Use another identity")
    assert sorted(publication.root.rglob("*")) == before


def test_dates_are_looked_at_even_of_known_certificates(
    publication, serve, expired_identity, identity
):
    future = identity("future")
    publication.hire("old", "Old", "editor", expired_identity)
    publication.hire("young", "Young", "editor", future_of(publication.folder, future[1]))
    server = serve(publication)
    assert put(server, expired_identity, "/articles/n.gmi").status == 62
    young = (publication.folder / "future.crt", future[1])
    answer = put(server, young, "/articles/n.gmi")
    assert answer.status == 62 and answer.meta.startswith("Check your clock")


def future_of(folder, key):
    """A certificate for key whose time has not come; (certificate file, key file)."""
    authority = folder / "future-authority"
    authority.mkdir()
    (authority / "index.txt").touch()
    (authority / "ca.cnf").write_text(
        f"[ca]\ndefault_ca = own\n[own]\ndatabase = {authority}/index.txt\n"
        f"new_certs_dir = {authority}\nrand_serial = yes\ndefault_md = sha256\npolicy = any\n"
        "[any]\ncommonName = supplied\n"
    )
    request, certificate = folder / "future.csr", folder / "future.crt"
    for command in (
        f"openssl req -new -key {key} -subj /CN=future -out {request}",
        f"openssl ca -batch -selfsign -notext -config {authority}/ca.cnf -keyfile {key} "
        f"-in {request} -out {certificate} -startdate 20600101000000Z -enddate 20700101000000Z",
    ):
        subprocess.run(command.split(), check=True, capture_output=True)
    return certificate, key


def test_a_public_key_is_known_too(publication, serve, identity):
    ida = identity("ida")
    publication.hire("ida", "Ida", "editor", ida, fingerprint=key_fingerprint(ida).upper())
    assert put(serve(publication), ida, "/articles/n.gmi").status == 30


def test_a_resumed_session_brings_its_certificate_along(desk, heidi):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        client = Client(desk.address, identity=heidi, version=version)
        first = client.ask(f"gemini://{HOST}/")
        client.session = first.session
        line = f"titan://{HOST}/articles/resumed.gmi;size={len(ARTICLE)}\r\n"
        again = client.ask(line.encode() + ARTICLE)
        assert again.is_resumed and again.status == 30


def test_editors_of_one_capsule_are_strangers_in_another(publication, serve, identity):
    heidi, both = identity("here"), identity("both")
    files = {"root": "other", "certificate": "net.crt", "key": "net.key"}
    publication.sections["capsule example.net"] = {**publication.capsule, **files}
    (publication.folder / "other").mkdir()
    publication.hire("heidi", "Heidi", "editor", heidi, capsule=HOST)
    publication.hire("both", "Both", "editor", both)
    server = serve(publication)
    other = f"titan://example.net/articles/n.gmi;size={len(ARTICLE)}"
    assert titan(server, heidi, other, ARTICLE, sni="example.net").status == 61
    answer = titan(server, both, other, ARTICLE, sni="example.net")
    assert answer.head == f"30 gemini://example.net:{server.port}/articles/n.gmi"
    assert (publication.folder / "other/articles/n.gmi").exists()
    assert not (publication.root / "articles/n.gmi").exists()
    assert titan(server, both, other, ARTICLE, sni=HOST).status == 53


def test_pages_of_the_desk_know_who_may_see_them(desk, heidi, identity, expired_identity):
    stranger = identity("stranger")
    let_in = None
    asked = {
        "/desk/": (60, let_in, 62, let_in),
        "/desk/join": (60, let_in, 62, let_in),
        "/desk/images/": (60, 61, 62, let_in),
        "/desk/nothing": (60, 61, 62, let_in),
        "/desk": (let_in, let_in, let_in, let_in),
    }
    for path, expected in asked.items():
        for who, status in zip((None, stranger, expired_identity, heidi), expected):
            answer = desk.get(path, identity=who)
            if status is let_in:
                assert answer.status not in (60, 61, 62), (path, answer.head)
            else:
                assert answer.status == status, (path, answer.head)


# --- two at once, and the log ---


def test_two_uploads_to_one_path_leave_one_of_them_whole(desk, heidi, publication):
    texts = [b"# Same\n\n" + letter * 20000 + b"\n" for letter in (b"a", b"b")]
    answers = [None, None]

    def send(n):
        answers[n] = put(desk, heidi, "/articles/same.gmi", texts[n])

    threads = [threading.Thread(target=send, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answer.status in (30, 40, 50) for answer in answers)
    assert any(answer.status == 30 for answer in answers)
    left = stored(publication, "articles/same.gmi")
    assert (b"a" * 20000 in left) != (b"b" * 20000 in left)


def test_the_access_log_has_a_line_for_each_and_no_secret(desk, heidi):
    put(desk, heidi, "/articles/n.gmi", params=";token=open%20sesame")
    desk.get("/desk/join?a-code-that-opens", identity=heidi)
    desk.get("/desk/do/a-token-that-acts?yes", identity=heidi)
    desk.wait_for_log("/desk/do/-?-")
    log = desk.read_log()
    assert f"/articles/n.gmi;size={len(ARTICLE)};token=- 30 " in log
    assert "/desk/join?- " in log
    assert not any(word in log for word in ("sesame", "a-code", "a-token"))


def test_a_wish_of_somebody_without_room_is_put_off(publication, heidi, identity, serve):
    """Bodies that are on their way are counted together, over all workers."""
    people = [heidi, identity("ida"), identity("jo")]  # one alone has but a share of the room
    for name, shown in zip(("ida", "jo"), people[1:]):
        publication.hire(name, name.title(), "editor", shown)
    publication.sections["limits"]["upload-size"] = "64M"
    server = serve(publication)
    held = []
    size = 64 * 1024 * 1024
    try:
        for n in range(17):
            connection = Client(server.address, identity=people[n % 3]).connect()
            held.append(connection)
            connection.handshake()
            connection.send(f"titan://{HOST}/articles/{n}.gmi;size={size}\r\n".encode())
        answer = held[-1].receive()
        assert answer.status == 41 and answer.meta.startswith("Try again soon")
    finally:
        for connection in held:
            connection.close()
    eventually(lambda: put(server, heidi, "/articles/n.gmi").status == 30)


def test_no_file_goes_where_the_list_at_news_would_hide_it(desk, publication, heidi):
    assert desk.send("/news/x.gmi", b"Text.", heidi).status == 30
    assert desk.get("/news/x.gmi").status == 20
    publication.file("index.gmi", "# Front\n")
    answer = desk.send("/news/y.gmi", b"Text.", heidi)
    assert answer.status == 50 and answer.meta.startswith("Choose another path: below /news/")
