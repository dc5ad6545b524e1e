"""Sections, tags, authors, the archive: a reader follows links through all of them."""

import re
import signal

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
