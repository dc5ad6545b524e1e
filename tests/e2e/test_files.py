"""Files beside the articles: types, names, and what must never be served."""

import os
import urllib.parse

import pytest

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154"
    "789c63606060000000040001f61738550000000049454e44ae426082"
)


@pytest.mark.parametrize(
    "name, content, meta",
    [
        ("about.gmi", b"# About\n", "text/gemini; charset=utf-8; lang=en"),
        ("old.gemini", b"# Old\n", "text/gemini; charset=utf-8; lang=en"),
        ("notes.txt", b"notes\n", "text/plain; charset=utf-8"),
        ("dot.png", PNG, "image/png"),
        ("DOT.PNG", PNG, "image/png"),
        ("photo.jpg", PNG, "image/jpeg"),
        ("talk.mp3", b"ID3", "audio/mpeg"),
        ("paper.pdf", b"%PDF-1.4\n", "application/pdf"),
        ("picture", PNG, "image/png"),
        ("README", b"Only words here.\n", "text/plain; charset=utf-8"),
        ("latin", "Käse und Brot, größer\n".encode("latin-1"), "text/plain; charset=iso-8859-1"),
        ("noise", bytes.fromhex("f79a0391") * 100, "application/octet-stream"),
        ("empty.txt", b"", "text/plain; charset=utf-8"),
    ],
    ids=lambda value: value if isinstance(value, str) and "/" not in value else "",
)
def test_type_is_told_by_name_or_else_by_content(publication, serve, name, content, meta):
    publication.file(name, content)
    answer = serve(publication).get(f"/{name}")
    assert (answer.status, answer.meta, answer.body) == (20, meta, content)


@pytest.mark.parametrize(
    "name",
    ["with blank.txt", "50% off.txt", "naïve café.txt", "a?b#c.txt", "semi;colon.txt", "a+b&c=d.txt"]
    + ["日本語.txt", "x" * 251 + ".txt", "~tilde.txt", "quote'\".txt"],
)
def test_name_of_any_kind_is_served(publication, serve, name):
    publication.file(name, "content")
    publication.capsule["listing"] = "yes"
    server = serve(publication)
    assert server.get("/" + urllib.parse.quote(name)).text == "content"


def test_names_of_articles_may_be_of_any_kind(publication, serve):
    names = ["with blank.gmi", "50%.gmi", "日本語.gmi", "a?b.gmi", "y" * 251 + ".gmi"]
    for number, name in enumerate(names):
        publication.article(f"articles/{name}", f"Title {number}")
    server = serve(publication)
    front = server.get("/").text
    for number, name in enumerate(names):
        link = "/articles/" + urllib.parse.quote(name)
        assert f"=> {link} 2025-06-13 Title {number}\n" in front
        assert server.get(link).text.startswith(f"# Title {number}\n")


def test_what_must_not_be_served_is_not_found(publication, serve):
    outside = publication.folder / "outside.txt"
    outside.write_text("secret")
    publication.file("inside.txt", "inside")
    publication.file(".hidden/x", "secret")
    publication.file("drafts/d.gmi", "secret")
    publication.file("sub/.secret", "secret")
    os.symlink(outside, publication.root / "absolute.txt")
    os.symlink("../outside.txt", publication.root / "relative.txt")
    os.symlink("..", publication.root / "up")
    os.symlink("loop", publication.root / "loop")
    os.symlink("inside.txt", publication.root / "within.txt")
    os.mkfifo(publication.root / "pipe.txt")
    server = serve(publication)
    for path in (
        "/absolute.txt /relative.txt /up/outside.txt /up/ /loop /pipe.txt /.hidden/x /drafts/ "
        "/drafts/d.gmi /sub/.secret /sub/%2esecret /capsule/inside.txt"
    ).split():
        answer = server.get(path)
        assert answer.status == 51 and answer.body == b"", path
    assert server.get("/within.txt").text == "inside"


@pytest.mark.root
def test_unreadable_file_is_not_found_and_hinders_nothing(publication, serve):
    publication.sections["server"]["user"] = "nobody"
    publication.file("closed.txt", "secret").chmod(0)
    publication.article("articles/closed.gmi", "Closed").chmod(0)
    publication.article("articles/open.gmi", "Open")
    server = serve(publication)
    assert server.get("/articles/open.gmi").status == 20
    assert server.get("/closed.txt").status == 51
    assert server.get("/articles/closed.gmi").status == 51
    assert "closed.gmi" in server.read_log()


def test_folders(publication, serve):
    publication.file("with/index.gmi", "index of with\n")
    publication.file("without/b b.txt", "b")
    publication.file("without/a.txt", "a")
    publication.file("without/sub/x.txt", "x")
    publication.file("without/.hidden", "x")
    server = serve(publication)
    assert server.get("/with/").text == "index of with\n"
    assert (server.get("/with").status, server.get("/with").meta) == (31, "/with/")
    assert server.get("/with?a%20b").meta == "/with/?a%20b"
    assert server.get("/without/").status == 51
    assert server.get("/with/index.gmi/").status == 51


def test_listing(publication, serve):
    publication.capsule["listing"] = "yes"
    publication.file("box/b b.txt", "b")
    publication.file("box/a.txt", "a")
    publication.file("box/sub/x.txt", "x")
    publication.file("box/.hidden", "x")
    publication.file("box/header.gmi", "x")
    text = serve(publication).get("/box/").text
    assert "\n=> a.txt a.txt\n=> b%20b.txt b b.txt\n=> sub/ sub/\n" in text
    assert "hidden" not in text and "header" not in text


def test_sources_of_articles_are_never_plain_files(publication, serve):
    publication.article("articles/draft.gmi", "Draft", status="draft")
    publication.file("articles/sub/draft.md", "---\nstatus = draft\n---\nsecret")
    publication.file("articles/header.gmi", "head")
    publication.file("articles/picture.png", PNG)
    server = serve(publication)
    assert server.get("/articles/draft.gmi").status == 51
    assert server.get("/articles/sub/draft.md").status == 51
    assert server.get("/articles/header.gmi").status == 51
    assert server.get("/articles/picture.png").body == PNG


def test_large_file_comes_whole(publication, serve):
    content = os.urandom(1 << 20) * 24
    publication.file("large.bin", content)
    answer = serve(publication).get("/large.bin")
    assert answer.body == content and answer.is_closed


def test_file_that_shrinks_while_sent_ends_without_close_notify(publication, serve):
    target = publication.file("shrinking.bin", b"x" * (64 << 20))
    server = serve(publication)
    with server.client().connect() as connection:
        connection.handshake()
        connection.send(f"gemini://example.org:{server.port}/shrinking.bin\r\n".encode())
        connection.receive(at_most=1)
        os.truncate(target, 1000)
        answer = connection.receive()
    assert len(answer.body) < 64 << 20 and not answer.is_closed


def test_configured_redirects_and_gone_paths(publication, serve):
    publication.capsule["redirect"] = ["/old /new.gmi", "/away gemini://other.example/x?y"]
    publication.capsule["gone"] = ["/past"]
    publication.file("old", "hidden by its redirect")
    server = serve(publication)
    assert server.get("/old").head == "31 /new.gmi"
    assert server.get("/away").head == "31 gemini://other.example/x?y"
    assert server.get("/past").head == "52 Gone"
