"""Sections, tags, authors, the archive: a reader follows links through all of them."""

import re
import signal

from test_feeds import read_feed, texts

FEED_LINE = re.compile(r"^=> (\S+) (\d{4}-\d\d-\d\d)\D.*$", re.M)
LINK = re.compile(r"^=> (/\S*)", re.M)


def write_archive(publication):
    publication.capsule["articles-per-page"] = 3
    for number in range(1, 11):
        publication.file(
            f"articles/{'opinion' if number % 2 else 'city'}/{number}.gmi",
            f"---\ntitle = Number {number}\ndate = 2025-0{number % 3 + 1}-{number:02}\n"
            f"author = {'Heidi' if number < 6 else '..'}\ntags = legal aid, Ünïcode, C++, C\n---\nText.\n",
        )


def test_every_link_leads_somewhere(publication, serve):
    write_archive(publication)
    server = serve(publication)
    waiting, seen = ["/"], {}
    while waiting:
        path = waiting.pop()
        answer = server.get(path)
        seen[path] = answer.status
        if answer.meta.startswith("text/gemini"):
            waiting += [p for p in set(LINK.findall(answer.text)) - set(seen) - set(waiting)]
    seen.pop("/search", None)  # asks for words
    assert {path: status for path, status in seen.items() if status != 20} == {}
    for path in ("/tags/legal-aid", "/tags/unicode", "/authors/heidi", "/archive/2025/02/"):
        assert path in seen


def test_every_list_is_a_feed_of_all_its_articles(publication, serve):
    write_archive(publication)
    server = serve(publication)
    lists = {
        "/articles/": 10,
        "/articles/opinion/": 5,
        "/tags/legal-aid": 10,
        "/authors/heidi": 5,
        "/archive/2025/02/": 4,
    }
    for path, count in lists.items():
        entries, page = [], path
        while page:
            text = server.get(page).text
            assert len(re.findall(r"^# ", text, re.M)) == 1
            assert text.startswith("# ") and text.endswith("\n=> / The Example\n")
            entries += FEED_LINE.findall(text)
            page = (re.findall(r"^=> (\S+/more/\S+) Show more$", text, re.M) or [None])[0]
        assert len(entries) == len(set(entries)) == count, path
        days = [day for _, day in entries]
        assert days == sorted(days, reverse=True), path


def test_counts_follow_what_comes_and_goes(publication, serve):
    publication.file("articles/a.gmi", "---\ntags = one\nauthor = Ada\ndate = 2025-06-01\n---\nT\n")
    server = serve(publication)
    server.expect("/tags/", holding="=> /tags/one one (1)\n")
    publication.file("articles/b.gmi", "---\ntags = ONE\ndate = 2025-06-02\n---\nT\n")
    server.expect("/tags/", holding="=> /tags/one ONE (2)\n")
    publication.file("articles/a.gmi", "---\ntags = two\ndate = 2025-07-01\n---\nT\n")
    server.expect("/tags/", holding="=> /tags/one ONE (1)\n=> /tags/two two (1)\n")
    server.expect("/archive/2025/", holding="=> /archive/2025/07/ 2025-07 (1)\n")
    server.expect("/authors/ada", 51)
    (publication.root / "articles/b.gmi").unlink()
    server.expect("/tags/one", 51)
    server.expect("/archive/2025/06/", 51)


def test_titles_are_the_configurations_after_a_reload(publication, serve):
    publication.article("articles/a.gmi", "A", "2025-06-01", tags="legal aid")
    server = serve(publication)
    assert server.get("/tags/legal-aid").text.startswith("# Legal aid · The Example\n")
    publication.capsule["title"] = "Another"
    publication.write_ini()
    server.signal(signal.SIGHUP)
    server.expect("/tags/legal-aid", holding="# Legal aid · Another\n")


def test_a_megabyte_of_front_matter_breaks_no_list(publication, serve):
    """It is broken where no `---` closes it within 64 KB, and where a line is too long."""
    publication.article("articles/plain.gmi", "Plain", "2025-06-01", tags="legal aid")
    line = "tags = " + ", ".join(f"lost {number:04}" for number in range(300)) + "\n"
    publication.file("articles/lines.gmi", "---\n" + line * (1 << 18 >> 10) + "---\nEnd.\n")
    publication.file("articles/value.gmi", f"---\ntitle = {'x' * (1 << 20)}\n---\nText.\n")
    publication.file("articles/near.gmi", f"---\ntitle = {'x' * 60000}\n---\nText.\n")
    publication.file(
        "articles/many.gmi",
        "---\ntitle = Many\ndate = 2025-06-02\n"
        + "".join(f"tags = many {number:04}\n" for number in range(3500))
        + "---\nText.\n",
    )
    server = serve(publication)
    server.wait_until_printed()
    assert server.get("/articles/near.gmi").status == 51
    server.wait_for_log("/articles/near.gmi: line 2: 60008 bytes long")
    for path in ("/articles/lines.gmi", "/articles/value.gmi"):
        assert server.get(path).status == 51, path
        server.wait_for_log(f"{path}: line 1: a header that no `---` closes within 64 KB")
    tags = server.get("/tags/").text
    assert "=> /tags/legal-aid legal aid (1)\n" in tags
    assert "lost" not in tags
    assert len(re.findall(r"^=> /tags/many-\d{4} many \d{4} \(1\)$", tags, re.M)) == 200
    for path in ("/", "/articles/", "/archive/2025/06/", "/search?text", "/search?many"):
        assert "/articles/many.gmi " in server.get(path).text, path
    read_feed(server.get("/atom.xml"))
    read_feed(server.get("/tags/many-0001/atom.xml"))


def test_names_of_one_slug_stay_apart(publication, serve):
    for day, name in enumerate(("C", "C++", "c#", "Ünïcode", "unicode", "..", "...", "/"), 1):
        publication.article(
            f"articles/{day}.gmi", f"By {name}", f"2025-06-{day:02}", author=name, tags=name
        )
    server = serve(publication)
    for family in ("/tags/", "/authors/"):
        names = re.findall(rf"^=> ({family}\S+) (.*) \((\d+)\)$", server.get(family).text, re.M)
        shown = {label: (path, count) for path, label, count in names}
        assert len({path for path, _ in shown.values()}) == len(names) == 8
        assert shown["C"] == (f"{family}c", "1")
        assert re.fullmatch(rf"{family}c-[0-9a-f]{{6}}", shown["C++"][0])
        for label, (path, _) in shown.items():
            assert f" By {label}\n" in server.get(path).text, label
            read_feed(server.get(f"{path}/atom.xml"))


def test_ten_thousand_tags_page_on_to_the_last(publication, serve):
    for number in range(50):
        tags = ", ".join(f"tag {number:02} {index:03}" for index in range(200))
        publication.article(f"articles/{number}.gmi", f"Number {number}", tags=tags)
    server = serve(publication)
    server.wait_until_printed()
    tags, page = [], "/tags/"
    while page:
        text = server.get(page).text
        tags += re.findall(r"^=> /tags/(tag-\d\d-\d{3}) tag \d\d \d{3} \(1\)$", text, re.M)
        page = (re.findall(r"^=> (/tags/more/\S+) Show more$", text, re.M) or [None])[0]
    assert len(tags) == len(set(tags)) == 10000
    assert tags == sorted(tags)
    assert "Number 49\n" in server.get(f"/tags/{tags[-1]}").text


def test_the_first_year_and_the_last(publication, serve):
    publication.article("articles/first.gmi", "First", "0001-01-01")
    publication.article("articles/last.gmi", "Last", "9999-12-31")
    publication.article("articles/now.gmi", "Now", "2025-06-13", updated="9999-12-31")
    server = serve(publication)
    server.wait_until_printed()
    assert server.get("/articles/last.gmi").status == 51  # not yet
    assert "(1)\n=> /archive/0001/ 0001 (1)\n" in server.get("/archive/").text
    assert "=> /archive/0001/01/ 0001-01 (1)\n" in server.get("/archive/0001/").text
    month = server.get("/archive/0001/01/").text
    assert "=> /articles/first.gmi 0001-01-01 First\n" in month
    assert server.get("/archive/9999/").status == server.get("/archive/9999/12/").status == 51
    assert server.get("/archive/0000/").status == 51
    for path in ("/", "/articles/"):
        assert re.findall(r" (Now|First|Last)$", server.get(path).text, re.M) == ["Now", "First"]
    for path in ("/atom.xml", "/archive/0001/atom.xml", "/archive/0001/01/atom.xml"):
        feed = read_feed(server.get(path))
        assert texts(feed, "published")[-1] == "0001-01-01T00:00:01Z"
