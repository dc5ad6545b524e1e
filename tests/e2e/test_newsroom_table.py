"""Who may send what where: each kind of Titan request with each role, over real TLS, with each kind
of client certificate; the answer, and what is stored then."""

import hashlib
import time

import pytest

KINDS = {
    "rsa-2048": ["-newkey", "rsa:2048"],  # as Lagrange makes them
    "p-256": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "ed25519": ["-newkey", "ed25519"],
}
PEOPLE = {"carl": "contributor", "ada": "author", "heidi": "editor"}

TEXT = "---\ndate = 2025-06-13\n---\n# Clinics move outdoors\n\nText.\n"
GIF = b"GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0;"
GIF_NAME = hashlib.sha256(GIF).hexdigest()[:8]

LIVE, PREVIEW, IMAGE = "", "/desk/preview", "/desk/image"
REFUSED = {
    61: ("Send", "Choose", "Ask"),  # each refusal begins with what to do instead
    50: ("Choose", "Send", "Add"),
    59: ("See",),
}


def stored(owner, text=TEXT):
    return text.replace("---\n", f"---\neditor = {owner}\n", 1)


# Path ({who} is replaced), what is sent, its type, whose file lies there (None: none), the
# status for contributor, author, editor; where 30 leads and what is stored at which path.
ROWS = [
    ("/articles/new-{who}.gmi", TEXT, "text/plain", None, (61, 30, 30), LIVE, None),
    ("/articles/ending-{who}", TEXT, "text/gemini", None, (61, 30, 30), LIVE, "{path}.gmi"),
    ("/articles/own-{who}.gmi", TEXT, "text/gemini", "{who}", (61, 30, 30), LIVE, None),
    ("/articles/other-{who}.gmi", TEXT, "text/gemini", "else", (61, 61, 30), LIVE, None),
    ("/articles/nobody-{who}.gmi", TEXT, "text/gemini", "", (61, 61, 30), LIVE, None),
    ("/articles/{who}/", TEXT, "text/gemini", None, (61, 30, 30), LIVE,
     "{path}2025/06/clinics-move-outdoors.gmi"),
    ("/articles/later-{who}.gmi", TEXT.replace("2025", "9999", 1), "text/gemini", None,
     (61, 30, 30), PREVIEW, None),
    ("/articles/draft-{who}.gmi", TEXT.replace("date =", "status = draft\ndate ="), "text/gemini",
     None, (61, 30, 30), PREVIEW, None),
    ("/articles/back-{who}.gmi", TEXT.replace("date =", "retracted = Wrong.\ndate ="),
     "text/gemini", None, (61, 30, 30), PREVIEW, None),
    ("/articles/md-{who}.gmi", TEXT, "text/markdown", None, (61, 30, 30), LIVE, None),
    ("/drafts/new-{who}.gmi", TEXT, "text/gemini", None, (30, 30, 30), PREVIEW, None),
    ("/drafts/own-{who}.gmi", TEXT, "text/gemini", "{who}", (30, 30, 30), PREVIEW, None),
    ("/drafts/other-{who}.gmi", TEXT, "text/gemini", "else", (61, 30, 30), PREVIEW, None),
    ("/drafts/{who}/", TEXT, "text/gemini", None, (30, 30, 30), PREVIEW,
     "{path}clinics-move-outdoors.gmi"),
    ("/images/new-{who}.gif", GIF, "image/gif", None, (61, 30, 30), IMAGE, None),
    ("/images/{who}/", GIF, "image/gif", None, (61, 30, 30), IMAGE, "{path}{year}/{gif}.gif"),
    ("/images/{who}.png", GIF, "image/png", None, (61, 50, 50), None, None),
    ("/images/{who}.svg", b"<svg/>", "image/svg+xml", None, (50, 50, 50), None, None),
    ("/{who}.txt", "Text.\n", "text/plain", None, (61, 61, 30), LIVE, None),
    ("/files/{who}.bin", b"\0\1\xff", "application/octet-stream", None, (61, 61, 30), LIVE, None),
    ("/.hidden-{who}", "Text.\n", "text/plain", None, (50, 50, 50), None, None),
    ("/tags/{who}", "Text.\n", "text/plain", None, (50, 50, 50), None, None),
    ("/articles/own-{who}.gmi", b"", "text/gemini", "{who}", (61, 59, 59), None, None),
    ("/drafts/own-{who}.gmi", b"", "text/gemini", "{who}", (59, 59, 59), None, None),
]


@pytest.fixture(params=KINDS)
def newsroom(request, publication, identity, serve):
    """A server, and the identities of its people, all of one kind."""
    identities = {who: identity(who, kind=KINDS[request.param]) for who in PEOPLE}
    for who, role in PEOPLE.items():
        publication.hire(who, who.capitalize(), role, identities[who])
    for path, _, _, owner, *_ in ROWS:
        for who in PEOPLE:
            if owner is not None:
                text = stored(owner.format(who=who)) if owner else TEXT
                publication.file(path.format(who=who)[1:], text.replace("Text.", "Old."))
    return serve(publication), identities


def files(publication):
    return {
        f"/{path.relative_to(publication.root)}": path.read_bytes()
        for path in publication.root.rglob("*")
        if path.is_file()
    }


def check(server, identities, row, who, expected, publication, year):
    path, sent, mime, _, _, leads, place = row
    path = path.format(who=who)
    body = sent.encode() if isinstance(sent, str) else sent
    before = files(publication)
    answer = server.send(path, body, identities[who], mime=mime)
    after = files(publication)
    label = f"{who} sends {len(body)} bytes of {mime} to {path}: {answer.head}"

    assert answer.status == expected, label
    if expected != 30:
        assert answer.meta.startswith(REFUSED[expected]), label
        assert after == before, label
        return
    place = (place or "{path}").format(path=path, year=year, gif=GIF_NAME)
    assert answer.meta == f"gemini://example.org:{server.port}{leads}{place}", label
    changed = {name for name in after if after[name] != before.get(name)}
    assert changed == {place}, label
    if path.startswith(("/articles/", "/drafts/")):
        head, _, text = after[place].decode().removeprefix("---\n").partition("---\n")
        assert text == sent.partition("---\n")[2].partition("---\n")[2], label
        assert "\nrevision" not in head and head.count("editor = ") == 1, label
    else:
        assert after[place] == body, label
    if leads == LIVE:
        assert server.get(place).status == 20, label
    elif leads == PREVIEW:
        assert server.get(place).status in (51, 52), label


def test_each_row_holds_for_each_role(newsroom, publication):
    server, identities = newsroom
    year = time.strftime("%Y", time.gmtime())
    for row in ROWS:
        for who, expected in zip(PEOPLE, row[4]):
            check(server, identities, row, who, expected, publication, year)
    # What is stored names who did it, and says so in history.
    text = (publication.root / "articles/new-ada.gmi").read_text()
    assert "author = Ada\n" in text and "editor = ada\n" in text


def test_editing_needs_the_rights_of_the_upload(newsroom, publication):
    server, identities = newsroom
    for path, sent, _, owner, statuses, leads, _ in ROWS:
        if owner is None or not sent:
            continue
        for who, expected in zip(PEOPLE, statuses):
            at = path.format(who=who)
            url = f"titan://example.org:{server.port}{at};edit"
            answer = server.client(identity=identities[who]).ask(url)
            if expected == 61:
                assert answer.status == 61 and answer.meta.startswith(REFUSED[61]), answer.head
                continue
            assert answer.head == "20 text/gemini; charset=utf-8", (who, at, answer.head)
            source = (publication.root / at[1:]).read_bytes()
            revision = hashlib.sha256(source).hexdigest()[:12]
            line = f"revision = {revision}\n".encode()
            assert answer.body.count(line) == 1 and answer.body.replace(line, b"") == source


def test_a_new_path_gets_a_form_to_fill_in(newsroom):
    server, identities = newsroom
    for path, statuses in (
        ("/articles/", (61, 20, 20)),
        ("/articles/x.gmi", (61, 20, 20)),
        ("/drafts/x", (20, 20, 20)),
        ("/x.txt", (61, 61, 20)),
    ):
        for who, expected in zip(PEOPLE, statuses):
            url = f"titan://example.org:{server.port}{path};edit"
            answer = server.client(identity=identities[who]).ask(url)
            assert answer.status == expected, (who, path, answer.head)
            if expected == 20 and path != "/x.txt":
                assert answer.body.startswith(b"---\ntitle = \n"), answer.body


def test_strangers_hear_what_to_do(newsroom, identity, expired_identity):
    server, _ = newsroom
    for label, who, status, begins in (
        ("nobody", None, 60, "Choose"),
        ("a stranger", identity("mallory"), 61, "Open /desk/"),
        ("too late", expired_identity, 62, "Use another identity"),
    ):
        for path in ("/articles/", "/drafts/x.gmi", "/images/", "/x.txt", "/.hidden"):
            answer = server.send(path, b"Text.\n", who)
            assert answer.status == status and answer.meta.startswith(begins), (label, answer.head)
