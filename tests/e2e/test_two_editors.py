"""Two editors at one article: one loads the printed page, another saves, the first sends the page back
(Lagrange's Ctrl+E). The page looks the same all day, so that nothing in it tells the versions apart."""

import os
import re
import signal

import pytest

from publication import eventually

PATH = "/articles/clinic.gmi"
FIRST, SECOND, THIRD = "The first paragraph.", "The second paragraph.", "The third paragraph."
SOURCE = f"---\ntitle = Clinic\ndate = 2025-06-13\n---\n{FIRST}\n\n{SECOND}\n\n{THIRD}\n\nLast.\n"
CONFLICT = "Kept as draft clinic-conflict-1: somebody saved another version meanwhile"


class Newsroom:
    def __init__(self, publication, serve, identity):
        self.publication, self.serve = publication, serve
        self.identities = {who: identity(who) for who in ("anna", "ben")}
        for who, certificate in self.identities.items():
            publication.hire(who, who.capitalize(), "editor", certificate)
        self.server = serve(publication)

    def send(self, who, text):
        return self.server.send(PATH, text.encode(), self.identities[who])

    def page(self, who=None):
        """The printed page, loaded with the certificate of somebody or without one."""
        return self.server.get(PATH, identity=self.identities.get(who)).text

    def source(self, who):
        """What `;edit` brings."""
        url = f"titan://example.org:{self.server.port}{PATH};edit"
        return self.server.client(identity=self.identities[who]).ask(url).text

    def edit(self, who, old, new):
        """Saves a change by way of `;edit`."""
        source = self.source(who)
        assert old in source
        answer = self.send(who, source.replace(old, new))
        assert answer.status == 30, answer.head

    def begin(self, is_updated=True):
        """An article; updated on this very day, so that the next update changes nothing but text."""
        assert self.send("anna", SOURCE).status == 30
        if is_updated:
            self.edit("ben", "Last.", "The last one.")

    def restart(self):
        self.server.stop()
        self.server = self.serve(self.publication)

    def kill_publisher(self):
        (killed,) = self.publishers()
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: self.publishers() and killed not in self.publishers())

    def publishers(self):
        processes = self.server.status()["processes"]
        return [process["pid"] for process in processes if process["role"] == "publisher"]

    def assert_live(self, *texts):
        page = self.page()
        for text in texts:
            assert text in page, page

    def assert_kept(self, answer, text):
        """The other's text stands, and what was sent is a draft that can be published."""
        assert answer.status == 50 and answer.meta.startswith(CONFLICT), answer.head
        assert answer.meta.endswith(", see /desk/")
        draft = (self.publication.root / "drafts/clinic-conflict-1.gmi").read_text()
        assert text in draft and "More news" not in draft and "# Clinic" not in draft


@pytest.fixture
def newsroom(publication, serve, identity):
    publication.article("articles/other.gmi", "Other")
    return Newsroom(publication, serve, identity)


def remembered(newsroom):
    return newsroom.page("anna")


def read_without_certificate(newsroom):
    return newsroom.page()


LOADS = [remembered, read_without_certificate]


@pytest.mark.parametrize("is_updated", [True, False], ids=["updated today", "first update"])
@pytest.mark.parametrize("load", LOADS)
def test_changes_that_do_not_touch_are_both_kept(newsroom, load, is_updated):
    newsroom.begin(is_updated)
    page = load(newsroom)
    newsroom.edit("ben", FIRST, "What Ben wrote.")
    answer = newsroom.send("anna", page.replace(THIRD, "What Anna wrote."))
    assert answer.status == 30, answer.head
    newsroom.assert_live("What Ben wrote.", SECOND, "What Anna wrote.")
    assert newsroom.publication.git("log", "-1", "--format=%an %s") == f"Anna merge {PATH}\n"


@pytest.mark.parametrize("is_updated", [True, False], ids=["updated today", "first update"])
@pytest.mark.parametrize("load", LOADS)
def test_changes_that_touch_leave_the_others_live(newsroom, load, is_updated):
    newsroom.begin(is_updated)
    page = load(newsroom)
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    answer = newsroom.send("anna", page.replace(SECOND, "The second paragraph, by Anna."))
    newsroom.assert_kept(answer, "The second paragraph, by Anna.")
    assert "meanwhile (Ben)" in answer.meta
    newsroom.assert_live("What Ben wrote.")


@pytest.mark.parametrize("what", ["restart", "kill_publisher"])
def test_a_server_that_forgot_finds_out(newsroom, what):
    newsroom.begin()
    page = newsroom.page("anna")
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    getattr(newsroom, what)()
    answer = newsroom.send("anna", page.replace(SECOND, "The second paragraph, by Anna."))
    newsroom.assert_kept(answer, "The second paragraph, by Anna.")
    answer = newsroom.send("anna", page.replace(THIRD, "Anna's third."))
    assert answer.status == 30, answer.head
    newsroom.assert_live(FIRST, "What Ben wrote.", "Anna's third.")


@pytest.mark.parametrize("load", LOADS)
def test_three_versions_later(newsroom, load):
    newsroom.begin()
    page = load(newsroom)
    newsroom.edit("ben", FIRST, "Ben was here.")
    newsroom.edit("ben", "was here", "was here twice")
    newsroom.edit("ben", "twice", "three times")
    answer = newsroom.send("anna", page.replace(THIRD, "Anna's third."))
    assert answer.status == 30, answer.head
    newsroom.assert_live("Ben was here three times.", SECOND, "Anna's third.")
    answer = newsroom.send("anna", page.replace(FIRST, "The first paragraph, by Anna."))
    newsroom.assert_kept(answer, "The first paragraph, by Anna.")


def test_a_colleagues_change_may_be_taken_back_by_who_saw_it(newsroom):
    newsroom.begin()
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    page = newsroom.page("anna")
    answer = newsroom.send("anna", page.replace("What Ben wrote.", SECOND))
    assert answer.status == 30, answer.head
    newsroom.assert_live(SECOND)
    assert "What Ben wrote." not in newsroom.page()


def test_what_comes_after_the_answer_is_an_edit_of_what_was_answered(newsroom):
    """As Lagrange does it: it follows the redirection, and Ctrl+E is pressed there again."""
    newsroom.begin()
    for text in ("Anna once.", "Anna twice.", "Anna three times."):
        page = newsroom.page("anna")
        answer = newsroom.send("anna", page.replace("paragraph.", text, 1).replace("Anna once.", text))
        assert answer.status == 30, answer.head
        newsroom.assert_live(text)
        newsroom.edit("anna", text, "paragraph.")


def saved_by_ben(newsroom):
    """Anna has both open: the page before Ben saved, and the one that has his words."""
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    newsroom.page("anna")


def merged(newsroom):
    """Anna's upload was merged with what Ben had saved; she follows the redirection, and goes Back."""
    page = newsroom.page("anna")
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    answer = newsroom.send("anna", page.replace("The last one.", "The last one, by Anna."))
    assert answer.status == 30, answer.head
    newsroom.page("anna")


@pytest.mark.parametrize("meanwhile", [saved_by_ben, merged])
@pytest.mark.parametrize("others", [0, 2, 6])
def test_an_older_page_that_is_still_open_takes_nobodys_words_away(newsroom, meanwhile, others):
    newsroom.begin()
    page = newsroom.page("anna")
    meanwhile(newsroom)
    for number in range(others):  # more than are remembered, in the end
        last = THIRD if number == 0 else f"Line {number - 1}."
        newsroom.edit("ben", last, f"{last}\n\nLine {number}.")
        newsroom.page("anna")
    answer = newsroom.send("anna", page.replace(SECOND, "The second paragraph, by Anna."))
    newsroom.assert_kept(answer, "The second paragraph, by Anna.")
    answer = newsroom.send("anna", page.replace(FIRST, "The first paragraph, by Anna."))
    assert answer.status == 30 or "Kept as draft" in answer.meta, answer.head
    newsroom.assert_live("What Ben wrote.")


def test_changes_of_an_older_page_are_brought_into_what_was_saved_since(newsroom):
    newsroom.begin()
    page = newsroom.page("anna")
    saved_by_ben(newsroom)
    answer = newsroom.send("anna", page.replace(THIRD, "Anna's third."))
    assert answer.status == 30, answer.head
    newsroom.assert_live("What Ben wrote.", "Anna's third.")
    assert newsroom.publication.git("log", "-1", "--format=%an %s") == f"Anna merge {PATH}\n"


def test_a_page_that_shows_what_others_saved_is_an_edit_of_that(newsroom):
    newsroom.begin()
    newsroom.page("anna")
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    page = newsroom.page("anna")
    answer = newsroom.send("anna", page.replace(THIRD, "").replace("wrote.", "wrote. And Anna."))
    assert answer.status == 30, answer.head
    newsroom.assert_live("What Ben wrote. And Anna.")
    assert THIRD not in newsroom.page()


def test_what_fits_two_printings_that_were_given_is_kept(newsroom):
    newsroom.begin()
    newsroom.page("anna")
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    page = newsroom.page("anna")
    answer = newsroom.send("anna", page.replace("What Ben wrote.", "Quite another matter."))
    newsroom.assert_kept(answer, "Quite another matter.")
    newsroom.assert_live("What Ben wrote.")


def unmarked(source):
    """Without the line by which the server would notice that somebody saved in between."""
    return re.sub("^revision = .*\n", "", source, flags=re.M)


def headless(source):
    return source.split("---\n", 2)[2]


@pytest.mark.parametrize("spoil", [unmarked, headless])
def test_a_source_without_its_revision_takes_nobodys_words_away(newsroom, spoil):
    newsroom.begin()
    source = newsroom.source("anna")
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    answer = newsroom.send("anna", spoil(source).replace(THIRD, "Anna's third."))
    newsroom.assert_kept(answer, "Anna's third.")
    newsroom.assert_live("What Ben wrote.", THIRD)
    answer = newsroom.send("anna", spoil(newsroom.source("anna")).replace(THIRD, "Anna's third."))
    assert answer.status == 30, answer.head
    newsroom.assert_live("What Ben wrote.", "Anna's third.")


def test_a_source_without_its_revision_is_taken_where_nobody_else_saved(newsroom):
    newsroom.begin()
    source = newsroom.source("anna")
    for number in range(3):
        answer = newsroom.send("anna", unmarked(source).replace(THIRD, f"Anna {number}."))
        assert answer.status == 30, answer.head
        newsroom.assert_live(f"Anna {number}.")
    assert newsroom.send("anna", newsroom.page("anna").replace(FIRST, "By Ctrl+E.")).status == 30
    assert newsroom.send("anna", unmarked(source)).status == 30
    newsroom.assert_live(FIRST, THIRD)


def test_what_was_merged_is_not_known_to_who_edits_the_source(newsroom):
    newsroom.begin()
    page, source = newsroom.page("anna"), newsroom.source("anna")
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    assert newsroom.send("anna", page.replace(THIRD, "Anna's third.")).status == 30
    answer = newsroom.send("anna", unmarked(source).replace(FIRST, "Anna's first."))
    newsroom.assert_kept(answer, "Anna's first.")
    newsroom.assert_live("What Ben wrote.")


def test_who_was_given_no_source_replaces_what_is_there(newsroom):
    """As a script does that sends its files whenever they change."""
    newsroom.begin()
    newsroom.page("anna")
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    assert newsroom.send("anna", SOURCE).status == 30
    newsroom.assert_live(SECOND)


def test_a_draft_published_by_who_was_given_an_older_source_is_no_conflict(newsroom):
    newsroom.begin()
    source = newsroom.source("anna")
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    newsroom.assert_kept(newsroom.send("anna", source.replace(SECOND, "By Anna.")), "By Anna.")
    anna = newsroom.identities["anna"]
    question = newsroom.server.get("/desk/publish/drafts/clinic-conflict-1.gmi", identity=anna).text
    link = re.search(r"^=> (/desk/do/[0-9a-f]+) ", question, re.M).group(1)
    assert newsroom.server.get(f"{link}?yes", identity=anna).status == 30
    newsroom.assert_live("By Anna.")


def test_a_title_changed_meanwhile_stays(newsroom):
    newsroom.begin()
    page = newsroom.page("anna")
    newsroom.edit("ben", "title = Clinic", "title = Clinics\nsummary = A new dek.\ntags = health")
    answer = newsroom.send("anna", page.replace(THIRD, "Anna's third."))
    assert answer.status == 30, answer.head
    newsroom.assert_live("# Clinics\n", "> A new dek.", "/tags/health", "Anna's third.")


def test_a_draft_of_a_conflict_is_published_as_it_is_read(newsroom):
    newsroom.begin()
    page = newsroom.page("anna")
    newsroom.edit("ben", SECOND, "What Ben wrote.")
    newsroom.send("anna", page.replace(SECOND, "What Anna wrote."))
    anna = newsroom.identities["anna"]
    compared = newsroom.server.get("/desk/compare/drafts/clinic-conflict-1.gmi", identity=anna).text
    assert "-What Ben wrote.\n+What Anna wrote.\n" in compared and "More news" not in compared
    question = newsroom.server.get("/desk/publish/drafts/clinic-conflict-1.gmi", identity=anna).text
    link = re.search(r"^=> (/desk/do/[0-9a-f]+) ", question, re.M).group(1)
    assert newsroom.server.get(f"{link}?yes", identity=anna).status == 30
    newsroom.assert_live("# Clinic\n", FIRST, "What Anna wrote.", THIRD)


def test_many_workers_share_what_is_known(publication, serve, identity):
    publication.sections["server"]["workers"] = "4"
    newsroom = Newsroom(publication, serve, identity)
    newsroom.begin()
    for number in range(8):  # connections go to any worker
        newsroom.edit("ben", "The second" if number == 0 else f"Ben {number - 1}", f"Ben {number}")
        page = newsroom.page("anna")
        answer = newsroom.send("anna", page.replace(f"Ben {number}", f"Anna {number}"))
        assert answer.status == 30, answer.head
        newsroom.edit("anna", f"Anna {number}", f"Ben {number}")


def test_without_history_what_is_not_remembered_is_kept(publication, serve, identity):
    publication.capsule["history"] = "no"
    newsroom = Newsroom(publication, serve, identity)
    newsroom.begin()
    page = newsroom.page("anna")
    answer = newsroom.send("anna", page.replace(THIRD, "Anna's third."))
    assert answer.status == 30, answer.head
    page = newsroom.page("anna")
    newsroom.edit("ben", FIRST, "What Ben wrote.")
    answer = newsroom.send("anna", page.replace(SECOND, "What Anna wrote."))
    newsroom.assert_kept(answer, "What Anna wrote.")
    newsroom.assert_live("What Ben wrote.")
