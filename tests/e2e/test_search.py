"""Searching, as a reader does it."""

import re
from urllib.parse import quote

import pytest

GEMTEXT = "20 text/gemini; charset=utf-8; lang=en"


def search(server, words, path="/search"):
    answer = server.get(f"{path}?{quote(words, safe='')}")
    assert answer.head == GEMTEXT, answer.head
    return answer.text


def titles(page):
    return re.findall(r"^=> /articles/\S+ \d{4}-\d\d-\d\d (.*)$", page, re.M)


@pytest.fixture
def library(publication, serve):
    publication.capsule["articles-per-page"] = "3"
    publication.article("articles/clinic.gmi", "Clinics move outdoors", "2025-06-01", tags="health")
    publication.article(
        "articles/sea.gmi", "The sea", "2025-06-02", body="# Shore\nThe žluťoučký tide rose.\n"
    )
    publication.article("articles/tokyo.gmi", "東京の夜", "2025-06-03", body="大阪へ行きます。")
    publication.article("articles/draft.gmi", "A tide to come", status="draft")
    publication.article("articles/members/tide.gmi", "A tide for members")
    publication.sections["zone example.org/articles/members/"] = {"require": "certificate"}
    return serve(publication)


def test_search_asks_for_words(library):
    for url in ("/search", "/search?", "/search?%20%20", "/search/best"):
        assert library.get(url).head == "10 Search The Example", url


def test_what_was_found_stands_on_cards_with_the_words(library):
    assert search(library, "TIDES") == (
        "# Search: TIDES\n"
        "Found: 1\n"
        "\n"
        "=> /articles/sea.gmi 2025-06-02 The sea\n"
        "By The Example\n"
        "Shore The žluťoučký tide rose.\n"
        "\n"
        "=> / The Example\n"
    )


@pytest.mark.parametrize(
    "words, expected",
    [
        ("clinic", ["Clinics move outdoors"]),
        ("zlutoucky", ["The sea"]),
        ("health", ["Clinics move outdoors"]),
        ('"tide rose"', ["The sea"]),
        ('"rose tide"', []),
        ("東京", ["東京の夜"]),
        ("夜", ["東京の夜"]),
        ("大阪", ["東京の夜"]),
        ("members", []),
        ('" OR * NEAR(', []),
        ("example", []),
    ],
)
def test_words_find_what_holds_them(library, words, expected):
    assert titles(search(library, words)) == expected


def test_nothing_found_leads_on(library):
    page = search(library, "nowhere # => /x")
    assert page.startswith("# Search: nowhere # => /x\n\nNothing found\n")
    for link in ("/search", "/tags/", "/authors/", "/archive/", "/"):
        assert f"\n=> {link} " in page


def test_pages_go_on_to_the_oldest(publication, serve):
    publication.capsule["articles-per-page"] = "3"
    for day in range(1, 9):
        publication.article(f"articles/{day}.gmi", f"Tide {day}", f"2025-06-0{day}", body="High & low")
    server = serve(publication)
    page, found = search(server, "tide & low"), []
    assert "\nFound: 8\n" in page
    assert "\n=> /search/best?tide%20" in page
    while True:
        found += titles(page)
        more = re.search(r"^=> (/search/more/\S+) Show more$", page, re.M)
        if not more:
            break
        answer = server.get(more[1])
        assert answer.head == GEMTEXT
        page = answer.text
        assert page.startswith("# Search: tide & low\n\n=> /articles/")
    assert found == [f"Tide {day}" for day in range(8, 0, -1)]


def test_the_best_come_first_when_asked(publication, serve):
    publication.article("articles/tide.gmi", "The tide", "2025-06-01")
    publication.article("articles/news.gmi", "News", "2025-06-02", body="Words and a tide. " * 3)
    server = serve(publication)
    assert titles(search(server, "tide")) == ["News", "The tide"]
    page = search(server, "tide", "/search/best")
    assert titles(page) == ["The tide", "News"]
    assert "\n=> /search?tide Newest first\n" in page


def test_hostile_words_do_no_harm(library):
    for query in ("%FF", "%C3%28", "a%00b", "%ED%A0%80"):
        assert library.get(f"/search?{query}").status == 59, query
    for words in ("\r\n20 x", "\x1b[2J", "%", "'; DROP TABLE article", '"' * 200, "a " * 200, "\u2028"):
        answer = library.get(f"/search?{quote(words, safe='')}")
        assert answer.status in (10, 20), words
        assert "\x1b" not in answer.raw.decode()
    assert library.get("/search/more/nonsense?x").status == 51
    assert library.get("/search/nonsense?x").status == 51
    assert library.get("/search/").status == 31
    assert titles(search(library, "tide")) == ["The sea"]


def test_the_index_follows_the_articles(library, publication):
    publication.article("articles/sea.gmi", "The sea", "2025-06-02", body="A storm.")
    library.expect("/articles/sea.gmi", holding="A storm.")
    assert titles(search(library, "storm")) == ["The sea"]
    assert titles(search(library, "tide")) == []
    (publication.root / "articles/sea.gmi").unlink()
    library.expect("/articles/sea.gmi", status=52)
    assert titles(search(library, "storm")) == []


def test_search_speaks_the_language_of_its_labels(publication, serve):
    publication.article("articles/a.gmi", "Marea", body="Marea alta")
    publication.sections["labels"] = {"search": "Buscar", "found": "Encontrados:"}
    server = serve(publication)
    assert server.get("/search").head == "10 Buscar The Example"
    assert search(server, "marea").startswith("# Buscar: marea\nEncontrados: 1\n")
