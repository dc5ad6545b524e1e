"""What a newcomer meets first: the sample publication, and the article in the README."""

import re
import shutil
import textwrap
import urllib.parse
from pathlib import Path

from publication import run

REPOSITORY = Path(__file__).resolve().parents[2]


def links(page, text):
    """Addresses on this capsule that a page of gemtext links to."""
    for target in re.findall(r"^=>\s*(\S+)", text, re.M):
        if not urllib.parse.urlsplit(target).scheme:
            yield urllib.parse.urljoin(page, target)


def test_every_link_of_the_sample_leads_somewhere(publication, serve):
    shutil.copytree(REPOSITORY / "capsule", publication.root, dirs_exist_ok=True)
    server = serve(publication)
    waiting, seen = ["/"], {}
    while waiting:
        page = waiting.pop()
        if page in seen:
            continue
        seen[page] = server.get(page)
        assert seen[page].status in ((10,) if page == "/search" else (20, 31)), f"{page} answers {seen[page].head}"
        if seen[page].meta.startswith("text/gemini"):
            waiting += links(page, seen[page].text)
    assert len([page for page in seen if page.startswith("/articles/")]) >= 12
    assert any(answer.meta.startswith("image/") for answer in seen.values())
    assert any(page.startswith("/more/") for page in seen)


def test_sample_passes_its_own_check(publication):
    shutil.copytree(REPOSITORY / "capsule", publication.root, dirs_exist_ok=True)
    publication.prepare()
    done = run("check", "-c", publication.ini)
    assert done.returncode == 0, done.stdout + done.stderr


def test_article_of_the_readme_is_published_as_it_says(publication, serve):
    readme = (REPOSITORY / "README.md").read_text()
    blocks = re.findall(r"(?:^    .*\n)+", readme, re.M)
    (example,) = [block for block in blocks if block.startswith("    ---\n")]
    server = serve(publication)
    publication.file("articles/library.gmi", textwrap.dedent(example))
    text = server.expect("/articles/library.gmi").text
    assert text.startswith("# A library on wheels\n\nAda · ")
    server.expect("/", holding="By Ada\nThe bus stops at the market every Friday.\n")
    (publication.root / "articles/library.gmi").unlink()
    server.expect("/articles/library.gmi", 52)
