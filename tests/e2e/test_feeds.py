"""The Atom feed, as a feed reader takes it: valid by the schema of RFC 4287, and steady."""

import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

SCHEMA = Path(__file__).with_name("atom.rng")
ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


def validate(document):
    """What xmllint has to say against the document; "" if it is valid."""
    done = subprocess.run(
        ["xmllint", "--nonet", "--noout", "--relaxng", str(SCHEMA), "-"],
        input=document,
        capture_output=True,
    )
    return "" if done.returncode == 0 else done.stderr.decode(errors="replace")


def read_feed(answer):
    """The feed's root element, once everything that must hold for any feed was looked at."""
    assert answer.head == "20 application/atom+xml"
    assert validate(answer.body) == ""
    feed = ET.fromstring(answer.body)
    addresses = [e.text for e in feed.iter(f"{ATOM}id")]
    assert len(set(addresses)) == len(addresses)
    addresses += [e.get("href") for e in feed.iter(f"{ATOM}link")]
    for address in addresses:
        assert re.fullmatch(r"gemini://example\.org:\d+/[!-~]*", address), address
    for part in [feed, *feed.iter(f"{ATOM}entry")]:
        assert part.find(f"{ATOM}link").get("rel") == "alternate"
        assert part.find(f"{ATOM}author/{ATOM}name").text
    for time in [*feed.iter(f"{ATOM}updated"), *feed.iter(f"{ATOM}published")]:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", time.text), time.text
    return feed


def texts(element, name):
    return [e.text for e in element.iter(ATOM + name)]


def test_the_schema_refuses_what_is_no_feed():
    feed = '<feed xmlns="http://www.w3.org/2005/Atom"><id>x</id><title>t</title>%s</feed>'
    assert validate((feed % "<updated>2025-06-13T12:00:00Z</updated>").encode()) == ""
    assert validate((feed % "").encode()) != ""
    assert validate((feed % "<updated>yesterday</updated>").encode()) != ""
    assert validate((feed % "<updated>2025-06-13T12:00:00Z</updated><mine/>").encode()) != ""


def test_a_feed_holds_the_newest_twenty(publication, serve):
    for day in range(1, 26):
        publication.article(f"articles/{day:02}.gmi", f"Number {day}", f"2025-06-{day:02}")
    server = serve(publication)
    feed = read_feed(server.get("/atom.xml"))
    entries = feed.findall(f"{ATOM}entry")
    assert [e.find(f"{ATOM}title").text for e in entries] == [
        f"Number {day}" for day in range(25, 5, -1)
    ]
    assert feed.find(f"{ATOM}title").text == "The Example"
    assert feed.find(f"{ATOM}subtitle").text == "News for a test"
    assert feed.find(f"{ATOM}updated").text == "2025-06-25T00:00:00Z"
    base = f"gemini://example.org:{server.port}"
    links = {e.get("rel"): e.get("href") for e in feed.findall(f"{ATOM}link")}
    assert links == {"alternate": f"{base}/", "self": f"{base}/atom.xml"}
    assert texts(entries[0], "id") == [f"{base}/articles/25.gmi"]


def test_an_empty_feed_is_valid(publication, serve):
    feed = read_feed(serve(publication).get("/atom.xml"))
    assert feed.findall(f"{ATOM}entry") == []


def test_whatever_authors_write_the_feed_stays_valid(publication, serve):
    publication.file(
        "articles/hostile.gmi",
        "---\ntitle = <b>Bold</b> & ]]> \x01\x1b\x7f\ufffe\uffff \"quoted\"\n"
        "author = A & B <a@example.org>\nauthor = \U0001f600\n"
        "tags = a<b, \"c\", \u6771\u4eac\nsummary = <script>&amp;</script>\n"
        "date = 2025-06-13T10:00:00.75+05:30\nlang = es\n---\nText.\n",
    )
    publication.article("articles/year 1 & more.gmi", "First", "0001-01-01")
    publication.article("articles/bad-lang.gmi", "Language", lang='en"><x>')
    publication.article(
        "articles/late.gmi", "Last", "2025-01-01", updated="9999-12-31", correction="9999-12-31 x"
    )
    feed = read_feed(serve(publication).get("/atom.xml"))
    entries = {e.find(f"{ATOM}title").text: e for e in feed.findall(f"{ATOM}entry")}
    hostile = next(e for title, e in entries.items() if title.startswith("<b>Bold</b> & ]]>"))
    assert texts(hostile, "name") == ["A & B <a@example.org>", "\U0001f600"]
    assert [e.get("term") for e in hostile.iter(f"{ATOM}category")] == ["a<b", '"c"', "\u6771\u4eac"]
    assert texts(hostile, "summary") == ["<script>&amp;</script>"]
    assert texts(hostile, "published") == ["2025-06-13T04:30:00Z"]
    assert hostile.get(LANG) == "es"
    assert texts(entries["First"], "published") == ["0001-01-01T00:00:01Z"]
    assert texts(entries["Last"], "updated")[0].startswith("9999-12-31T")


def test_an_article_keeps_its_id_when_it_moves(publication, serve):
    publication.file(
        "articles/new.gmi",
        "---\ntitle = Moved twice\ndate = 2025-06-13\nmoved-from = /articles/z-first.gmi\n"
        "moved-from = /articles/a-second.gmi\n---\nText.\n",
    )
    server = serve(publication)
    entry = read_feed(server.get("/atom.xml")).find(f"{ATOM}entry")
    base = f"gemini://example.org:{server.port}/articles"
    assert texts(entry, "id") == [f"{base}/z-first.gmi"]
    assert entry.find(f"{ATOM}link").get("href") == f"{base}/new.gmi"

    publication.article("articles/z-first.gmi", "A new article there", "2025-06-14")
    server.expect("/atom.xml", holding="A new article there")
    entries = read_feed(server.get("/atom.xml")).findall(f"{ATOM}entry")
    assert [texts(e, "id")[0] for e in entries] == [f"{base}/z-first.gmi", f"{base}/new.gmi"]


def test_updated_moves_with_updated_and_correction_alone(publication, serve):
    def updated(server, holding):
        server.expect("/articles/one.gmi", holding=holding)
        return texts(read_feed(server.get("/atom.xml")).find(f"{ATOM}entry"), "updated")[0]

    publication.article("articles/one.gmi", "One", "2025-06-13", body="First text.")
    server = serve(publication)
    assert updated(server, "First text.") == "2025-06-13T00:00:00Z"
    publication.article("articles/one.gmi", "One", "2025-06-13", body="Second text.")
    assert updated(server, "Second text.") == "2025-06-13T00:00:00Z"
    publication.article("articles/one.gmi", "One", "2025-06-13", updated="2025-06-14T09:30Z")
    assert updated(server, "updated 2025-06-14\n") == "2025-06-14T09:30:00Z"
    publication.article("articles/one.gmi", "One", "2025-06-13", correction="2025-06-15 Wrong.")
    assert updated(server, "Correction 2025-06-15: Wrong.") == "2025-06-15T00:00:01Z"


@pytest.mark.parametrize("kind", ["draft", "future", "retracted", "member"])
def test_what_is_not_public_is_in_no_feed(publication, serve, kind):
    keys = {
        "draft": {"status": "draft"},
        "future": {"date": "2999-01-01"},
        "retracted": {"retracted": "Wrong."},
        "member": {},
    }[kind]
    publication.sections["zone example.org/articles/members/"] = {"require": "certificate"}
    publication.article("articles/public.gmi", "Public")
    path = "articles/members/x.gmi" if kind == "member" else "articles/x.gmi"
    publication.article(path, "Hidden", **keys)
    feed = read_feed(serve(publication).get("/atom.xml"))
    assert texts(feed, "title") == ["The Example", "Public"]
