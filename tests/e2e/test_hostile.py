"""Texts and paths that are made to do harm: they hold nobody up, and give nobody a power that the
role does not have."""

import threading

import pytest

from gemini import PATIENCE

TEXT = b"# A title\n\nThe text.\n"


@pytest.fixture
def newsroom(publication, identity, serve):
    """(server, {role: client certificate})"""
    people = {}
    for role in ("contributor", "author", "editor"):
        people[role] = identity(role)
        publication.hire(role, role.title(), role, people[role])
    publication.article("articles/one.gmi", "One", body="The text of one.")
    return serve(publication), people


@pytest.mark.parametrize(
    "text",
    [
        "- " * 100_000 + "x" + "\n" * 200_000,  # open lists, looked at on every line
        "> " + "- " * 100_000 + "x\n" + ">\n" * 200_000,
        "![[]()" * 150_000,  # open images, looked at by every link
    ],
    ids=["lists", "lists in a quote", "images"],
)
@pytest.mark.alone  # a worker waits ten seconds for the desk, which others must not slow down
def test_markdown_made_to_be_slow_holds_up_nobody(newsroom, text):
    server, people = newsroom
    answers = []

    def send():
        body = text.encode()
        answers.append(server.send("/drafts/a.gmi", body, people["contributor"], "text/markdown"))

    sender = threading.Thread(target=send)
    sender.start()
    answer = server.send("/articles/b.gmi", TEXT, people["author"])
    sender.join(PATIENCE)
    assert answer.status == 30 and not sender.is_alive()
    assert answers[0].status == 30, answers[0].head


def test_a_word_that_is_everywhere_in_a_book_is_found_at_once(newsroom):
    server, people = newsroom
    assert server.send("/articles/b.gmi", b"tide " * 500_000, people["author"]).status == 30
    for words in ("tide", "tide%20tide", "%22tide%20tide%22", "t"):
        for page in ("/search", "/search/best"):
            answer = server.get(f"{page}?{words}")
            assert answer.status == 20, (page, words)
            assert len(answer.raw) < 4000


def test_what_an_author_claims_in_front_matter_gives_no_power(newsroom, publication):
    server, people = newsroom
    text = b"""---
editor = editor
moved-from = /articles/one.gmi
moved-from = /articles/%2e%2e/robots.txt
moved-from = /articles/..%2frobots.txt
moved-from = /robots.txt
moved-from = /atom.xml
moved-from = /desk/
moved-from = /
moved-from = gemini://example.org/tags/
moved-from = /articles/
moved-from = /articles/old.gmi
---
# Mine

Text.
"""
    assert server.send("/articles/mine.gmi", text, people["author"]).status == 30
    stored = (publication.root / "articles/mine.gmi").read_text()
    claims = [line for line in stored.splitlines() if "moved-from" in line]
    assert claims == ["moved-from = /articles/old.gmi"]
    assert "editor = author" in stored
    assert "The text of one." in server.get("/articles/one.gmi").text
    assert server.get("/articles/old.gmi").meta == "/articles/mine.gmi"


def test_a_contributors_draft_claims_nothing_when_it_is_published(newsroom, publication):
    server, people = newsroom
    text = b"---\neditor = editor\nmoved-from = /articles/old.gmi\n---\n# Mine\n\nText.\n"
    assert server.send("/drafts/mine.gmi", text, people["contributor"]).status == 30
    stored = (publication.root / "drafts/mine.gmi").read_text()
    assert "moved-from" not in stored and "editor = contributor" in stored


def test_the_log_says_whose_upload_was_refused_and_why_but_no_secret(newsroom):
    server, people = newsroom
    token = "0123456789abcdef"
    line = f"titan://example.org/articles/one.gmi;size={len(TEXT)};token={token}\r\n".encode()
    assert server.client(identity=people["author"]).ask(line + TEXT).status == 61
    server.wait_for_log("author sent /articles/one.gmi, answered 61 Send your version")
    answer = server.send("/articles/bad.gmi", b"---\nstatus = loud\n---\n", people["author"])
    assert answer.status == 50
    server.wait_for_log("author sent /articles/bad.gmi, answered 50 Kept as draft bad-refused-1")
    for page, told in [("/desk/do/", "/desk/do/-"), ("/desk/", "/desk/-"), ("/welcome/", "/welcome/-")]:
        for rest in (f";size={len(TEXT)}", ";edit"):
            line = f"titan://example.org{page}{token}{rest}\r\n".encode()
            assert server.client(identity=people["author"]).ask(line + TEXT).status >= 40
            verb = "sent" if "size" in rest else "asked to edit"
            server.wait_for_log(f"author {verb} {told}, answered ")
    assert token not in server.read_log()
