"""What readers see: the index, articles, older pages."""

import re

ARTICLE = """# Clinics move outdoors

Heidi, Ida · 2025-06-13 · updated 2025-06-15

> Free advice on the pavement.

=> /images/clinic.jpg A folding table (Ida)

Body in gemtext.
=> mailto:x@example.org A link

Correction 2025-06-14: It was two tables.

=> /tags/legal-aid Filed under: legal aid
=> /authors/heidi More by Heidi
=> /authors/ida More by Ida

## More news

=> /articles/other.gmi Another one (2025-06-12)

=> mailto:desk@example.org Write to the editor
=> / The Example
"""

WAYS_ON = """=> /search Search
=> /tags/ Tags
=> /authors/ Authors
=> /archive/ Archive
=> /atom.xml Subscribe: Atom feed
"""

INDEX = """# The Example
News for a test

=> /articles/clinic.gmi 2025-06-13 Clinics move outdoors
=> /images/clinic.jpg A folding table (Ida)
By Heidi, Ida
Free advice on the pavement.

=> /articles/other.gmi 2025-06-12 Another one
By The Example
Other text.

"""


def front_page_links(text):
    return re.findall(r"^=> (/articles/\S+) (\d{4}-\d\d-\d\d) (.*)$", text, re.M)


def more_link(text):
    found = re.findall(r"^=> (\S*/more/\S+) Show more$", text, re.M)
    return found[0] if found else None


def test_article_and_index_are_laid_out_exactly(publication, serve):
    publication.capsule["letters"] = "mailto:desk@example.org"
    publication.file(
        "articles/clinic.gmi",
        "---\ntitle = Clinics move outdoors\nauthor = Heidi\nauthor = Ida\ndate = 2025-06-13\n"
        "updated = 2025-06-15\ntags = legal aid\nsummary = Free advice on the pavement.\n"
        "image = /images/clinic.jpg\nimage-alt = A folding table\nimage-credit = Ida\n"
        "correction = 2025-06-14 It was two tables.\n---\n"
        "Body in gemtext.\n=> mailto:x@example.org A link\n",
    )
    publication.article("articles/other.gmi", "Another one", "2025-06-12", "Other text.")
    server = serve(publication)
    article = server.get("/articles/clinic.gmi")
    assert article.meta == "text/gemini; charset=utf-8; lang=en"
    assert article.text == ARTICLE
    assert server.get("/").text == INDEX + WAYS_ON


def test_older_pages_lead_to_the_end_and_name_each_article_once(publication, serve):
    publication.capsule["articles-per-page"] = 10
    names = [f"articles/2025/{number:02}.gmi" for number in range(45)]
    for number, name in enumerate(names):
        publication.article(name, f"Number {number}", f"2025-02-{number % 28 + 1:02}T10:{number:02}:00Z")
    server = serve(publication)
    seen, pages, path = [], 0, "/"
    while path:
        text = server.get(path).text
        seen += front_page_links(text)
        pages += 1
        path = more_link(text)
    assert pages == 5
    assert len(seen) == len(set(seen)) == 45
    dates = [date for _, date, _ in seen]
    assert dates == sorted(dates, reverse=True)


def test_page_of_older_articles_outlives_what_it_was_named_after(publication, serve):
    publication.capsule["articles-per-page"] = 2
    for day in range(1, 6):
        publication.article(f"articles/{day}.gmi", f"Day {day}", f"2025-03-0{day}")
    server = serve(publication)
    older = more_link(server.get("/").text)
    before = server.get(older).text
    (publication.root / "articles/4.gmi").unlink()
    server.expect("/articles/4.gmi", 52)
    assert front_page_links(server.get(older).text) == front_page_links(before)
    assert [title for _, _, title in front_page_links(before)] == ["Day 3", "Day 2"]


def test_more_news_does_not_go_stale(publication, serve):
    publication.article("articles/old.gmi", "Old", "2025-01-01")
    server = serve(publication)
    assert "More news" not in server.get("/articles/old.gmi").text
    publication.article("articles/new.gmi", "New", "2025-01-02")
    server.expect("/articles/old.gmi", holding="=> /articles/new.gmi New (2025-01-02)")


def test_publication_without_articles_has_a_front_page(publication, serve):
    assert serve(publication).get("/").text == "# The Example\nNews for a test\n\n" + WAYS_ON


def test_front_page_of_ones_own_moves_the_index_to_news(publication, serve):
    publication.file("index.gmi", "Welcome.\n")
    publication.article("articles/one.gmi", "One")
    server = serve(publication)
    assert server.get("/").text == "Welcome.\n"
    assert server.get("/news/").text.startswith("# The Example\n")


def test_header_and_footer_frame_the_index(publication, serve):
    publication.file("header.gmi", "# Our head\nand more\n")
    publication.file("footer.gmi", "Our foot\n")
    publication.article("articles/one.gmi", "One")
    server = serve(publication)
    text = server.get("/").text
    assert text.startswith("# Our head\nand more\n\n=> /articles/one.gmi 2025-06-13 One\n")
    assert text.endswith("\n\nOur foot\n")
    assert server.get("/header.gmi").status == server.get("/footer.gmi").status == 51


def test_no_link_leads_to_what_is_not_there(publication, serve):
    publication.article("articles/one.gmi", "One", author="Ada", tags="a, b")
    server = serve(publication)
    for page in ("/", "/articles/one.gmi"):
        for target in re.findall(r"^=> (/\S*)", server.get(page).text, re.M):
            wanted = 10 if target == "/search" else 20
            assert server.get(target).status == wanted, f"{page} links to {target}"


def test_markdown_and_another_language(publication, serve):
    publication.file(
        "articles/hola.md",
        "---\ntitle = *Hola*\nlang = es\ndate = 2025-01-01\n---\n## Una *vez*\n\n- uno\n- [dos](/dos)\n",
    )
    server = serve(publication)
    answer = server.get("/articles/hola.md")
    assert answer.meta == "text/gemini; charset=utf-8; lang=es"
    assert answer.text.startswith("# Hola\n")
    assert "## Una vez\n" in answer.text and "* uno\n* dos\n" in answer.text
    assert "=> /dos dos\n" in answer.text
    assert "2025-01-01 Hola [es]\n" in server.get("/").text


def test_values_cannot_draw_lines_of_their_own(publication, serve):
    publication.article(
        "articles/x.gmi", "=> gemini://evil/ x", body="```\nopen block", author="# Me", summary="``` s"
    )
    server = serve(publication)
    for path in ("/", "/articles/x.gmi"):
        text = server.get(path).text
        assert "\n=> gemini://evil/" not in text and "\n# Me" not in text
    assert server.get("/articles/x.gmi").text.count("\n```\n") == 2


def test_default_robots(server):
    answer = server.get("/robots.txt")
    assert answer.meta == "text/plain; charset=utf-8"
    assert answer.text == "User-agent: *\nDisallow: /desk/\nDisallow: /search\n"


def test_all_line_ends_are_alike(server):
    for path in ("/", "/articles/one.gmi"):
        text = server.get(path).text
        assert text.endswith("\n") and "\r" not in text
        assert text.splitlines() == text[:-1].split("\n")
