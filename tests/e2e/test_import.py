"""`import`: articles from files of other kinds; nothing overwritten, nothing taken twice."""

import os
import re
import resource
import subprocess
import zlib
from pathlib import Path

import pytest

from publication import BROADSHEET, run
from test_isolation import has_sanitizer

CLIPPING = """The ferry sails again

Ida • March 4, 2025

"We counted every plank"

The ferry to the islands sails again after a winter in the dock.

Its first trip carried the mail and a piano.

A row of boats at low tide (Photo: Judy)
By Heidi March 3, 2025
Half of the harbour fell dry on Monday, and children walked to the lighthouse.
Baker with a tray of rolls
By Heidi March 2, 2025
The bakery opens at four for those who sail early.
Show More
"""
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>{title} | The Site</title>
<meta property="og:site_name" content="The Site"><meta name="author" content="Ida">
<meta property="article:published_time" content="2025-03-0{day}T10:00:00Z">
<link rel="canonical" href="https://example.net/{day}/"></head>
<body><nav><a href="/">Home</a></nav><article><h1>{title}</h1><p>It is {title}.
See <a href="{link}">there</a>.</p><img src="/img/dot.png" alt="A dot"></article></body></html>
"""
FEED = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Old</title><author><name>Ana</name></author>
<entry><title>First</title><id>urn:1</id><updated>2025-01-02T03:04:05Z</updated>
<link href="https://example.net/1/"/><category term="sea"/>
<content type="html">&lt;p&gt;One, and &lt;a href="../2/"&gt;two&lt;/a&gt;.&lt;/p&gt;</content></entry>
<entry><title>Second</title><id>urn:2</id><updated>2025-01-03T03:04:05Z</updated>
<link href="https://example.net/2/"/><summary>Two.</summary></entry>
<entry><title>Third</title><id>urn:3</id><updated>soon</updated><summary>No.</summary></entry>
</feed>
"""
# The smallest pictures that libmagic knows.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000b49444154789c6360000200000500017a5eab3f0000"
    "000049454e44ae426082"
)


@pytest.fixture
def importing(publication):
    """importing(*words): the verb on the publication."""

    def call(*words, **how):
        publication.write_ini()
        return run("import", "-c", publication.ini, *words, **how)

    return call


@pytest.fixture
def originals(folder):
    """originals(name, content): a file to be imported."""
    base = folder / "originals"

    def write(name, content):
        path = base / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    base.mkdir()
    write.base = base
    return write


def tree(root):
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()
    }


def test_a_clipping_becomes_an_article_and_drafts(publication, originals, importing, serve):
    done = importing(originals("page.txt", CLIPPING))
    assert (done.returncode, done.stderr) == (0, "")
    assert "page.txt -> /articles/2025/03/the-ferry-sails-again.gmi\n" in done.stdout
    assert done.stdout.endswith(
        "1 article, 2 drafts and 0 pictures taken; 0 already there, 0 not taken, 0 passed over, "
        "0 notes\n"
    )
    draft = publication.root / "drafts/baker-with-a-tray-of-rolls.gmi"
    assert "image-alt = Baker with a tray of rolls\n" in draft.read_text()
    assert "summary = The bakery opens at four for those who sail early.\n" in draft.read_text()
    server = serve(publication)
    page = server.get("/articles/2025/03/the-ferry-sails-again.gmi")
    assert page.status == 20
    assert (
        '# The ferry sails again\n\nIda · 2025-03-04\n\n> "We counted every plank"\n\n'
        "The ferry to the islands sails again after a winter in the dock.\n\n"
        "Its first trip carried the mail and a piano.\n"
    ) in page.body.decode()
    assert b"Baker" not in server.get("/").raw


def test_a_running_server_takes_them_in(publication, originals, importing, serve):
    server = serve(publication)
    assert importing(originals("page.txt", CLIPPING)).returncode == 0
    server.expect("/articles/2025/03/the-ferry-sails-again.gmi", holding="a piano")
    server.expect("/", holding="2025-03-04 The ferry sails again")


def test_what_was_imported_passes_check(publication, originals, importing):
    originals("page.txt", CLIPPING)
    originals("post.md", "---\ntitle: Tea\ndate: 2025-01-02\nlayout: x\n---\n# Tea\n\n*Hot.*\n")
    assert importing(originals.base).returncode == 0
    publication.make_certificates()
    done = run("check", "-c", publication.ini)
    assert done.returncode == 0
    assert done.stdout == "4 articles, 4 files in all: 0 broken, 0 warnings\n"


def test_a_second_time_takes_nothing(publication, originals, importing):
    originals("page.txt", CLIPPING)
    originals("same/page.txt", CLIPPING.replace("a piano", "two pianos"))
    originals("post.md", "![A dot](dot.png)\n\nText. [a](page.txt)\n")
    originals("dot.png", PNG)
    assert importing(originals.base).returncode == 0
    before = tree(publication.root)
    done = importing(originals.base)
    assert done.returncode == 0
    assert "\n0 articles, 0 drafts and 0 pictures taken; 7 already there, " in done.stdout
    assert "changed since" not in done.stdout
    assert tree(publication.root) == before


def test_pictures_are_cleaned_on_the_way_and_found_again(publication, originals, importing):
    note = b"tEXtAuthor\0Heidi Brandt"
    note = (len(note) - 4).to_bytes(4, "big") + note + zlib.crc32(note).to_bytes(4, "big")
    originals("post.md", "![A dot](dot.png)\n\nText.\n")
    originals("dot.png", PNG[:33] + note + PNG[33:])
    assert "1 picture taken; " in importing(originals.base).stdout
    pictures = list((publication.root / "images").rglob("*.png"))
    assert [picture.read_bytes() for picture in pictures] == [PNG]
    assert " and 0 pictures taken; " in importing(originals.base).stdout
    assert list((publication.root / "images").rglob("*.png")) == pictures


def test_what_was_edited_since_is_left_alone(publication, originals, importing):
    page = originals("page.txt", CLIPPING)
    importing(page)
    article = publication.root / "articles/2025/03/the-ferry-sails-again.gmi"
    article.write_text(article.read_text().replace("a piano", "a harp"))
    before = tree(publication.root)
    done = importing(page)
    assert done.returncode == 0
    assert f"already there: /{article.relative_to(publication.root)}, changed since" in done.stdout
    assert tree(publication.root) == before


def test_another_article_of_that_name_stays(publication, originals, importing):
    publication.article("articles/2025/03/the-ferry-sails-again.gmi", "Another", date="2024-01-01")
    before = tree(publication.root)
    done = importing(originals("page.txt", CLIPPING))
    assert "-> /articles/2025/03/the-ferry-sails-again-2.gmi\n" in done.stdout
    assert before.items() <= tree(publication.root).items()


def test_a_dry_run_writes_nothing(publication, originals, importing):
    originals("post.md", "![A dot](dot.png)\n\nText.\n")
    originals("dot.png", PNG)
    done = importing("--dry-run", originals("page.txt", CLIPPING), originals.base)
    assert done.returncode == 0
    assert "page.txt would become /articles/2025/03/the-ferry-sails-again.gmi\n" in done.stdout
    assert "dot.png would become /images/" in done.stdout
    assert "\ndry run: " in done.stdout
    assert tree(publication.root) == {}


def test_pictures_come_along_and_links_are_made_right(publication, originals, importing, serve):
    originals("posts/2025-01-02-tea.md", "![A cup](../img/cup.png)\n\nSee [cake](cake.md).\n")
    originals("posts/cake.md", "---\ntitle: Cake\ndate: 2025-02-03\n---\nSee ![](../img/cup.png).\n")
    originals("img/cup.png", PNG)
    done = importing(originals.base)
    assert done.returncode == 0, done.stdout
    picture = next(iter((publication.root / "images").rglob("*.png"))).relative_to(publication.root)
    assert "1 picture taken" in done.stdout
    server = serve(publication)
    tea = server.get("/articles/2025/01/tea.gmi").body.decode()
    assert f"=> /{picture} A cup\n\nSee cake.\n\n=> /articles/2025/02/cake.gmi cake\n" in tea
    assert server.get(f"/{picture}").body == PNG


def test_a_web_site_is_taken_with_its_links(publication, originals, importing, serve):
    originals("a/index.html", PAGE.format(title="Ann", day=1, link="../b.html"))
    originals("b.html", PAGE.format(title="Bob", day=2, link="https://example.net/1"))
    originals("img/dot.png", PNG)
    done = importing(originals.base)
    assert done.returncode == 0, done.stdout
    assert "2 articles, 0 drafts and 1 picture taken; " in done.stdout
    assert importing(originals.base).stdout.count("already there: ") == 2
    picture = next(iter((publication.root / "images").rglob("*.png"))).relative_to(publication.root)
    server = serve(publication)
    assert server.get("/articles/2025/03/ann.gmi").body.decode().startswith(
        "# Ann\n\nIda · 2025-03-01\n\nIt is Ann. See there.\n\n"
        f"=> /articles/2025/03/bob.gmi there\n\n=> /{picture} A dot\n"
    )
    assert b"=> /articles/2025/03/ann.gmi there\n" in server.get("/articles/2025/03/bob.gmi").body


def test_html_in_markdown_is_taken_with_its_links_and_pictures(
    publication, originals, importing, serve
):
    originals(
        "2025-01-02-tea.md",
        '<div class="wide">\n\nTea with *cake*, see <a href="2025-01-03-cake.md">there</a>.\n\n'
        '<img src="cup.png" alt="A cup">\n</div>\n\n<!-- none -->\nMore.\n',
    )
    originals("2025-01-03-cake.md", "Cake.\n")
    originals("cup.png", PNG)
    done = importing(originals.base)
    assert done.returncode == 0, done.stdout
    picture = next(iter((publication.root / "images").rglob("*.png"))).relative_to(publication.root)
    page = serve(publication).get("/articles/2025/01/tea.gmi").body.decode()
    assert (
        "Tea with cake, see there.\n\n=> /articles/2025/01/cake.gmi there\n\n"
        f"=> /{picture} A cup\n\nMore.\n" in page
    )


def test_a_page_with_front_matter_in_toml_is_taken(publication, originals, importing, serve):
    originals(
        "2014-09-15-x.md",
        '+++\npath = "2014/09/15/Rust-1.0"\ntitle = "Road to 1.0"\nauthors = ["Ida"]\n'
        '[taxonomies]\ntags = ["rust"]\n+++\n\nSoon.\n',
    )
    done = importing(originals.base)
    assert done.returncode == 0, done.stdout
    server = serve(publication)
    page = server.get("/articles/2014/09/road-to-1-0.gmi").body.decode()
    assert page.startswith("# Road to 1.0\n\nIda · 2014-09-15\n\nSoon.\n")
    moved = server.get("/2014/09/15/Rust-1.0")
    assert (moved.status, moved.meta) == (31, "/articles/2014/09/road-to-1-0.gmi")


def test_template_code_is_translated_or_makes_a_draft(publication, originals, importing, serve):
    originals(
        "_posts/2025-01-02-tea.md",
        "---\ntitle: Tea\n---\nSee [cake]({% post_url 2025-01-03-cake %}), [pie](@/other/pie.md) and "
        "[salt](salt.md).\n\n{% highlight c %}\nint {{ x }};\n{% endhighlight %}\n",
    )
    originals("other/2025-01-03-cake.md", "---\ntitle: Cake\n---\nCake.\n")
    originals("other/pie.md", "---\ntitle: Pie\ndate: 2025-01-04\n---\n{{< youtube a_b >}}\n")
    for name in ("one", "two"):
        originals(f"{name}/salt.md", f"---\ntitle: Salt {name}\ndate: 2025-01-05\n---\nSalt.\n")
    odd = originals("odd.md", "---\ntitle: Odd\n---\nOdd.\n\n{{< map x=1 >}}\n\nEnd {{ y }}.\n")
    done = importing(originals.base)
    assert done.returncode == 0, done.stdout
    assert (
        f"{odd}: note: a draft, as template code is left in it: line 6 `{{{{< map x=1 >}}}}`, "
        "line 8 `{{ y }}`\n" in done.stdout
    )
    assert "leads to nothing that is taken" in done.stdout
    assert "5 articles, 1 draft and 0 pictures taken" in done.stdout
    draft = (publication.root / "drafts/odd.gmi").read_text()
    assert draft.endswith("---\nOdd.\n\n{{< map x=1 >}}\n\nEnd {{ y }}.\n")
    server = serve(publication)
    assert (
        "See cake, pie and salt.\n\n=> /articles/2025/01/cake.gmi cake\n"
        "=> /articles/2025/01/pie.gmi pie\n=> salt.md salt\n\n```c\nint {{ x }};\n```\n"
        in server.get("/articles/2025/01/tea.gmi").body.decode()
    )
    assert (
        "=> https://www.youtube.com/watch?v=a_b Video on YouTube\n"
        in server.get("/articles/2025/01/pie.gmi").body.decode()
    )


def test_a_feed_is_taken_entry_by_entry(publication, originals, importing, serve):
    feed = originals("old.atom", FEED)
    done = importing(feed)
    assert done.returncode == 1
    assert f"{feed}: not taken: entry 3 (Third): updated is `soon`" in done.stdout
    assert "2 articles, 0 drafts and 0 pictures taken; 0 already there, 1 not taken" in done.stdout
    page = serve(publication).get("/articles/2025/01/first.gmi").body.decode()
    assert page.startswith(
        "# First\n\nAna · 2025-01-02\n\nOne, and two.\n\n=> /articles/2025/01/second.gmi two\n"
    )


@pytest.mark.parametrize("name", ["page", "feed"])
def test_a_named_file_is_known_by_how_it_begins(originals, importing, name):
    text = PAGE.format(title="Ann", day=1, link="x") if name == "page" else FEED
    assert "-> /articles/2025/0" in importing(originals(name, text)).stdout


def test_nothing_is_fetched_and_no_file_is_read_through_a_document(originals, importing, folder):
    (folder / "secret").write_text("a secret")
    feed = originals(
        "f.xml",
        f'<!DOCTYPE feed [<!ENTITY s SYSTEM "file://{folder}/secret">]>'
        + FEED.partition("?>")[2].replace("First", "&s;"),
    )
    done = importing(feed)
    assert done.returncode == 1
    assert "not taken: it has a document type of its own, which is not read" in done.stdout


@pytest.mark.parametrize(
    "name, content, reason",
    [
        ("empty.txt", "", "there is no text in it"),
        ("day.txt", "T\n\nIda • June 31, 2025\n\nText\n", "line 3: there is no day `June 31, 2025`"),
        ("latin.txt", b"T\n\ncaf\xe9\n", "line 3: not valid UTF-8"),
        ("latin.md", b"caf\xe9\n", "line 1: not valid UTF-8"),
        ("head.md", "---\ntitle: T\n" + "a: b\n" * 200000 + "---\n", "line 1: its front matter"),
        ("day.md", "---\ntitle: T\ndate: soon\n---\n", "line 3: date is `soon`"),
        ("large.txt", "T\n\n" + "text " * 300000, "is larger than 1048576 bytes"),
        ("deep.html", "<title>T</title>" + "<div>" * 50000, "its elements are nested too deeply"),
        ("latin.html", b"<title>T</title>caf\xe9", "neither UTF-8"),
        ("title.html", "<p>Text", "it has no title"),
        ("rss.xml", "<rss/>", "its root is <rss>, expected <feed"),
        ("broken.atom", "<feed>\n<entry", "line 2: "),
        ("data.bin", bytes(range(256)), "expected Markdown"),
        ("none.txt", None, "No such file"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 60 else "content",
)
def test_what_cannot_be_taken_is_told_and_the_rest_goes_on(
    publication, originals, importing, name, content, reason
):
    publication.sections["limits"]["upload-size"] = "1M"
    bad = originals.base / name if content is None else originals(name, content)
    done = importing(bad, originals("page.txt", CLIPPING))
    assert done.returncode == 1
    assert f"{bad}: not taken: {reason}" in done.stdout
    assert "1 article, 2 drafts and 0 pictures taken; 0 already there, 1 not taken" in done.stdout


def test_no_link_leads_out_of_the_folder(publication, originals, importing, folder):
    secret = folder / "secret.txt"
    secret.write_text("A secret\n\nText\n")
    (folder / "secret.png").write_bytes(PNG)
    originals("post.md", "![x](../secret.png) ![y](/etc/passwd) ![z](out.png)\n")
    (originals.base / "out.txt").symlink_to(secret)
    (originals.base / "out.png").symlink_to(folder / "secret.png")
    (originals.base / "loop").symlink_to(".")
    done = importing(originals.base)
    assert done.returncode == 0
    assert "out.txt: passed over: a link that leads out of the folder" in done.stdout
    assert "loop: passed over: a link to a folder" in done.stdout
    assert "1 article, 0 drafts and 0 pictures taken" in done.stdout


def test_a_picture_must_be_what_its_name_says(originals, importing):
    originals("post.md", "Text ![x](x.png)\n")
    originals("x.png", b"#!/bin/sh\n")
    done = importing(originals.base)
    assert done.returncode == 1
    assert "x.png: not taken: its name says image/png, its bytes do not" in done.stdout


def test_files_of_other_kinds_in_a_folder_are_told(originals, importing):
    originals("page.txt", CLIPPING)
    originals("style.css", "p { color: red }")
    done = importing(originals.base)
    assert done.returncode == 0
    assert "style.css: passed over: neither a text" in done.stdout


def test_articles_can_go_to_another_folder(publication, originals, importing):
    done = importing("--into", "/articles/sea", originals("page.txt", CLIPPING))
    assert done.returncode == 0
    assert (publication.root / "articles/sea/the-ferry-sails-again.gmi").exists()


def test_a_large_site_needs_little_memory_and_is_taken_once(
    publication, originals, importing, serve
):
    count, words = 2000, "Words of a long text. " * 400
    for number in range(count):
        originals(
            f"{number % 40}/{number}.md",
            f"---\ntitle: Piece {number}\ndate: {2000 + number % 20}-01-02\ntags: [old]\n---\n"
            f"{words} [next](../{(number + 1) % 40}/{number + 1}.md)\n",
        )
    most = 12 << 20  # the originals are 17 MB together, what libmagic loads is 8
    sanely = {} if has_sanitizer() else {
        "preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    }
    into = ("--into", "/articles/old/", originals.base)
    done = importing(*into, **sanely)
    summary = (
        f"\n{count} articles, 0 drafts and 0 pictures taken; 0 already there, 0 not taken, "
        "0 passed over, 1 note\n"  # the last leads nowhere
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith(summary)
    places = re.findall(r" -> (/articles/old/\S+\.gmi)$", done.stdout, re.M)
    assert len(set(places)) == count
    before = tree(publication.root)
    assert {f"articles/old/{name}" for name in os.listdir(publication.root / "articles/old")} == set(
        before
    )
    done = importing(*into, **sanely)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"\n0 articles, 0 drafts and 0 pictures taken; {count} already there" in done.stdout
    assert tree(publication.root) == before
    server = serve(publication)
    server.wait_until_printed()
    assert f"=> /tags/old old ({count})\n" in server.get("/tags/").text
    assert "=> /articles/old/piece-8.gmi next\n" in server.get("/articles/old/piece-7.gmi").text


@pytest.mark.parametrize(
    "words, said",
    [
        ([], "SOURCE is missing"),
        (["--into", "/images/", "x"], "--into /images/: expected /articles/"),
        (["--into", "/articles/../x", "x"], "expected /articles/"),
        (["--capsule", "example.net", "x"], "has no [capsule example.net]"),
        (["--dry", "x"], "unknown option: --dry"),
        (["--as", "heidi", "x"], "unknown option: --as"),  # who imports owns the folder
    ],
)
def test_mistakes_of_the_command_line(importing, words, said):
    done = importing(*words)
    assert done.returncode == 2
    assert said in done.stderr


def test_of_several_capsules_one_must_be_named(publication, originals, importing):
    publication.sections["capsule example.net"] = {
        **publication.capsule, "root": "other", "certificate": "n.crt", "key": "n.key"
    }
    (publication.folder / "other").mkdir()
    page = originals("page.txt", CLIPPING)
    done = importing(page)
    assert done.returncode == 2
    assert "name one with --capsule" in done.stderr
    assert importing(page, "--capsule", "example.net").returncode == 0
    assert (publication.folder / "other/articles/2025/03/the-ferry-sails-again.gmi").exists()


def test_the_server_does_not_link_its_parsers():
    def libraries(program):
        return subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout

    assert "libcmark" in libraries(BROADSHEET)
    assert "libxml2" not in libraries(BROADSHEET)
    assert "libxml2" in libraries(f"{BROADSHEET}-import")


@pytest.mark.root
def test_root_writes_as_the_user_of_the_server(publication, originals, importing):
    publication.sections["server"]["user"] = "nobody"
    os.chown(publication.root, 65534, 65534)
    assert importing(originals("page.txt", CLIPPING)).returncode == 0
    article = publication.root / "articles/2025/03/the-ferry-sails-again.gmi"
    assert article.stat().st_uid == 65534


def test_the_program_is_found_from_anywhere(publication, originals, importing, folder):
    link = folder / "bin-broadsheet"
    link.symlink_to(Path(BROADSHEET).resolve())
    publication.write_ini()
    done = subprocess.run(
        [link, "import", "-c", publication.ini, originals("page.txt", CLIPPING)],
        cwd="/",
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
