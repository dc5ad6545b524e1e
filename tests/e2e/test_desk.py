"""The desk as editors see it: each page and each action, over real TLS with client certificates."""

import os
import re
import subprocess

import pytest

PEOPLE = {"heidi": ("Heidi", "editor"), "ada": ("Ada", "author"), "carl": ("Carl", "contributor")}


class Desk:
    """A served publication, and its people at the desk."""

    def __init__(self, server, identities):
        self.server = server
        self.identities = identities

    def send(self, who, path, text):
        answer = self.server.send(path, text.encode(), self.identities[who])
        assert answer.status == 30, answer.head
        return answer

    def get(self, who, path, status=20):
        """Asks for a page below /desk/."""
        answer = self.server.get(f"/desk/{path}", identity=self.identities[who])
        assert answer.status == status, f"{path}: {answer.raw[:500]!r}"
        return answer

    def token(self, who, path):
        """The one-time link on the page of an action, below /desk/."""
        page = self.get(who, path).text
        return re.search(r"^=> /desk/(do/[0-9a-f]+) ", page, re.M).group(1)

    def carry_out(self, who, path):
        return self.get(who, self.token(who, path) + "?yes", status=30)

    def url(self, path):
        return f"gemini://example.org:{self.server.port}{path}"

    def links(self, who, path):
        """All links of a page as (target, label)."""
        page = self.get(who, path).text
        return re.findall(r"^=> (\S+)(?: (.*))?$", page, re.M)


@pytest.fixture
def desk(publication, serve, identity):
    identities = {}
    for who, (name, role) in PEOPLE.items():
        identities[who] = identity(who)
        publication.hire(who, name, role, identities[who])
    publication.article("articles/one.gmi", "One", body="The text of one.")
    return Desk(serve(publication), identities)


def test_the_front_page_leads_to_all_that_is_to_be_done(desk):
    desk.send("carl", "/drafts/idea.gmi", "---\ntitle = Idea\nstatus = ready\n---\nText.\n")
    links = desk.links("heidi", "")
    labels = {label: target for target, label in links}
    host = f"example.org:{desk.server.port}"
    assert labels["Write an article"] == f"titan://{host}/articles/;edit"
    assert labels["Send a picture"] == f"titan://{host}/images/"
    assert labels["Edit One"] == f"titan://{host}/articles/one.gmi;edit"
    assert any(label.startswith("Asks to be published: Idea (Carl, ") for label in labels)
    assert "Send a picture" not in dict(map(reversed, desk.links("carl", "")))


def test_every_link_of_the_desk_leads_somewhere(desk):
    """Walks over all pages from the front page on; no page is a feed, nothing is changed."""
    desk.send("ada", "/articles/due.gmi", "---\ndate = 2125-01-01\n---\n# Due\n")
    desk.send("ada", "/articles/gone.gmi", "---\nretracted = Untrue\n---\n# Gone\n")
    desk.send("carl", "/drafts/idea.gmi", "# Idea\n\n=> /articles/one.gmi One\n")
    before = sorted(desk.server.publication.root.rglob("*"))
    seen, waiting = set(), [""]
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("do/"):
            continue
        seen.add(path)
        answer = desk.server.get(f"/desk/{path}", identity=desk.identities["heidi"])
        assert answer.status in (20, 10), f"/desk/{path}: {answer.raw[:300]!r}"
        if answer.status == 10:
            continue
        for target, label in re.findall(r"^=> (\S+)(?: (.*))?$", answer.text, re.M):
            assert not re.match(r"\d{4}-\d\d-\d\d", label), f"/desk/{path} is a feed: {label}"
            if target.startswith("/desk/"):
                waiting.append(target.removeprefix("/desk/"))
            elif target.startswith("/articles/"):
                assert desk.server.get(target).status == 20
    kinds = {path.split("/")[0] for path in seen}
    assert {"preview", "history", "diff", "publish", "move", "retract", "delete"} <= kinds
    assert {"images", "devices"} <= kinds
    assert sorted(desk.server.publication.root.rglob("*")) == before


def test_a_draft_comes_to_its_readers(desk):
    desk.send("carl", "/drafts/idea.gmi", "---\ntitle = A fine idea\n---\nText.\n")
    answer = desk.carry_out("carl", "publish/drafts/idea.gmi")
    assert answer.meta == desk.url("/desk/preview/drafts/idea.gmi")
    assert "Draft, ready" in desk.get("heidi", "preview/drafts/idea.gmi").text
    answer = desk.carry_out("heidi", "publish/drafts/idea.gmi")
    assert re.fullmatch(
        re.escape(desk.url("/articles/")) + r"\d{4}/\d\d/a-fine-idea\.gmi", answer.meta
    )
    page = desk.server.get(answer.meta.partition(str(desk.server.port))[2])
    assert page.text.startswith("# A fine idea\n\nCarl \u00b7 ")
    desk.get("heidi", "preview/drafts/idea.gmi", status=51)


def test_a_moved_article_leads_on_from_its_old_address(desk):
    assert desk.get("heidi", "move/articles/one.gmi", status=10).meta.startswith("New path of")
    desk.carry_out("heidi", "move/articles/one.gmi?/articles/opinion/two.gmi")
    answer = desk.server.get("/articles/one.gmi")
    assert answer.status == 31
    assert answer.meta.endswith("/articles/opinion/two.gmi")
    assert "The text of one." in desk.server.get("/articles/opinion/two.gmi").text


def test_a_moved_article_without_a_date_keeps_the_one_it_got(desk):
    october = 1759320000  # 2025-10-01 12:00 UTC
    root = desk.server.publication.root
    desk.server.publication.file("articles/.incoming-law", "# Law\n\nText.\n")
    os.utime(root / "articles/.incoming-law", (october, october))
    (root / "articles/.incoming-law").rename(root / "articles/law.gmi")
    desk.server.expect("/articles/law.gmi", holding="2025-10-01")
    desk.carry_out("heidi", "move/articles/law.gmi?/articles/opinion/law.gmi")
    assert "2025-10-01" in desk.server.get("/articles/opinion/law.gmi").text


def test_a_retracted_article_says_why_until_it_is_published_again(desk):
    desk.get("heidi", "retract/articles/one.gmi", status=10)
    desk.carry_out("heidi", "retract/articles/one.gmi?It%20was%20untrue")
    answer = desk.server.get("/articles/one.gmi")
    assert (answer.status, answer.meta) == (52, "It was untrue")
    desk.carry_out("heidi", "publish/articles/one.gmi")
    assert desk.server.get("/articles/one.gmi").status == 20


def test_a_deleted_article_is_brought_back_from_history(desk):
    assert desk.carry_out("heidi", "delete/articles/one.gmi").meta == desk.url("/desk/")
    assert desk.server.get("/articles/one.gmi").status == 52
    restores = [
        target.removeprefix("/desk/")
        for target, _ in desk.links("heidi", "history/articles/one.gmi")
        if target.startswith("/desk/restore/")
    ]
    desk.carry_out("heidi", restores[-1])
    assert "The text of one." in desk.server.get("/articles/one.gmi").text


def test_the_difference_between_two_versions_can_be_read(desk):
    desk.send("heidi", "/articles/one.gmi", "Another text.\n```\n=> /evil Evil\n")
    diffs = [
        target.removeprefix("/desk/")
        for target, _ in desk.links("ada", "history/articles/one.gmi")
        if target.startswith("/desk/diff/")
    ]
    page = desk.get("ada", diffs[0]).text
    before, block, after = re.split(r"^```.*\n", page, flags=re.M)
    assert "-The text of one.\n+Another text.\n" in block
    assert after == ""


def test_a_token_is_good_once_for_one_person_and_one_version(desk):
    token = desk.token("heidi", "delete/articles/one.gmi")
    assert desk.get("heidi", token, status=10).meta == 'Type yes to delete "One"'
    assert "Nothing was changed" in desk.get("heidi", token + "?no").text
    desk.get("ada", token + "?yes", status=61)
    desk.send("heidi", "/articles/one.gmi", "A newer text.\n")
    answer = desk.get("heidi", token + "?yes", status=50)
    assert answer.meta.startswith("Look at it again")
    assert "A newer text." in desk.server.get("/articles/one.gmi").text
    desk.get("heidi", token + "?yes", status=51)
    token = desk.token("heidi", "delete/articles/one.gmi")
    desk.get("heidi", token + "?%20YES%20", status=30)
    desk.get("heidi", token + "?yes", status=51)
    assert desk.server.get("/articles/one.gmi").status == 52
    assert "/desk/do/-" in desk.server.read_log()
    assert token not in desk.server.read_log()


def test_each_change_is_a_commit_of_who_made_it(desk):
    desk.send("carl", "/drafts/idea.gmi", "# Idea\n")
    desk.carry_out("carl", "publish/drafts/idea.gmi")
    desk.carry_out("heidi", "publish/drafts/idea.gmi")
    desk.carry_out("heidi", "move/articles/one.gmi?/articles/two.gmi")
    desk.carry_out("heidi", "retract/articles/two.gmi?Untrue")
    desk.carry_out("heidi", "delete/articles/two.gmi")
    history = desk.server.publication.state / "example.org" / "history.git"
    log = subprocess.run(
        ["git", f"--git-dir={history}", "log", "-6", "--format=%an <%ae> %s"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert [re.sub(r"/\d{4}/\d\d/", "/YYYY/MM/", line) for line in log.splitlines()] == [
        "Heidi <heidi@example.org> delete /articles/two.gmi",
        "Heidi <heidi@example.org> update /articles/two.gmi",
        "Heidi <heidi@example.org> move /articles/two.gmi",
        "Heidi <heidi@example.org> publish /articles/YYYY/MM/idea.gmi",
        "Carl <carl@example.org> update /drafts/idea.gmi",
        "Carl <carl@example.org> publish /drafts/idea.gmi",
    ]


@pytest.mark.parametrize(
    "who, path",
    [
        ("carl", "delete/articles/one.gmi"),
        ("carl", "move/articles/one.gmi"),
        ("carl", "retract/articles/one.gmi"),
        ("carl", "publish/drafts/hers.gmi"),
        ("ada", "delete/articles/one.gmi"),
        ("ada", "publish/drafts/his.gmi"),
    ],
)
def test_an_action_is_refused_to_those_who_may_not(desk, who, path):
    desk.send("ada", "/drafts/hers.gmi", "# Hers\n")
    desk.send("carl", "/drafts/his.gmi", "# His\n")
    desk.get(who, path, status=61)


def edit(desk, who, path):
    """What comes to be edited."""
    url = f"titan://example.org:{desk.server.port}{path};edit"
    answer = desk.server.client(identity=desk.identities[who]).ask(url)
    assert answer.status == 20, answer.head
    return answer.text


def send_late(desk, who, path, change):
    """Sends an edited text after somebody else has saved another; the name of the draft."""
    mine = edit(desk, who, path).replace(*change)
    desk.send("heidi", path, "What Heidi wrote meanwhile.\n")
    answer = desk.server.send(path, mine.encode(), desk.identities[who])
    found = re.match(r"50 Kept as draft (\S+): ", answer.head)
    assert found, answer.head
    return found.group(1)


def test_a_text_kept_after_a_conflict_leads_back_to_where_it_was_sent(desk):
    desk.send("ada", "/articles/hers.gmi", "---\ntitle = Hers\n---\nThe first text.\n")
    kept = send_late(desk, "ada", "/articles/hers.gmi", ("first", "second"))
    links = {label: target for target, label in desk.links("ada", "")}
    assert links["Compare it with /articles/hers.gmi"] == f"/desk/compare/drafts/{kept}.gmi"
    assert links["See what is at /articles/hers.gmi now"] == "/articles/hers.gmi"
    assert "It was sent to /articles/hers.gmi." in desk.get("ada", f"preview/drafts/{kept}.gmi").text
    page = desk.get("ada", f"compare/drafts/{kept}.gmi").text
    block = re.split(r"^```.*\n", page, flags=re.M)[1]
    assert "-What Heidi wrote meanwhile.\n+The second text.\n" in block
    assert "sent-to" not in block
    answer = desk.carry_out("ada", f"publish/drafts/{kept}.gmi")
    assert answer.meta == desk.url("/articles/hers.gmi")
    assert "The second text." in desk.server.get("/articles/hers.gmi").text
    desk.get("ada", f"preview/drafts/{kept}.gmi", status=51)
    source = (desk.server.publication.root / "articles/hers.gmi").read_text()
    assert "editor = ada" in source and "sent-to" not in source


def test_nobody_is_written_over_unseen(desk):
    desk.send("ada", "/articles/hers.gmi", "The first text.\n")
    kept = send_late(desk, "ada", "/articles/hers.gmi", ("first", "second"))
    token = desk.token("ada", f"publish/drafts/{kept}.gmi")
    desk.send("heidi", "/articles/hers.gmi", "Still newer.\n")
    answer = desk.get("ada", token + "?yes", status=50)
    assert answer.meta.startswith("Look at it again: /articles/hers.gmi was changed")
    assert "Still newer." in desk.server.get("/articles/hers.gmi").text
    desk.get("ada", f"preview/drafts/{kept}.gmi")


def test_a_kept_text_never_goes_where_its_writer_may_not_write(desk):
    forged = "---\nsent-to = /articles/one.gmi\ntitle = Mine\n---\nForged.\n"
    desk.send("ada", "/drafts/mine.gmi", forged)
    assert "sent-to" not in edit(desk, "ada", "/drafts/mine.gmi")
    late = f"---\nrevision = 0123456789ab\nsent-to = /about.gmi\n---\nLate.\n"
    answer = desk.server.send("/articles/mine.gmi", late.encode(), desk.identities["ada"])
    assert answer.meta.startswith("Kept as draft mine-conflict-1"), answer.head
    desk.send("heidi", "/articles/mine.gmi", "Heidi's.\n")
    answer = desk.carry_out("ada", "publish/drafts/mine-conflict-1.gmi")
    assert re.search(r"/articles/\d{4}/\d\d/", answer.meta)
    assert "Heidi's." in desk.server.get("/articles/mine.gmi").text
    assert desk.server.get("/about.gmi").status == 51


def test_a_refused_text_is_mended_and_goes_where_it_was_sent(desk):
    sent = "---\ntitle = Soon\ndate = soon\n---\nText.\n"
    answer = desk.server.send("/articles/soon.gmi", sent.encode(), desk.identities["ada"])
    assert answer.meta.startswith("Kept as draft soon-refused-1: "), answer.head
    mended = edit(desk, "ada", "/drafts/soon-refused-1.gmi").replace("= soon", "= 2025-06-13")
    desk.send("ada", "/drafts/soon-refused-1.gmi", mended)
    answer = desk.carry_out("heidi", "publish/drafts/soon-refused-1.gmi")
    assert answer.meta == desk.url("/articles/soon.gmi")
    assert desk.server.get("/articles/soon.gmi").text.startswith("# Soon\n\nAda \u00b7 2025-06-13")


def test_a_form_that_lost_its_first_line_still_waits_for_its_date(desk):
    sent = "title = Late\ndate = 2125-01-01\nstatus =\n---\n\nText.\n"
    answer = desk.server.send("/articles/late.gmi", sent.encode(), desk.identities["ada"])
    assert answer.meta.startswith("Kept as draft late-refused-1: line 1: a header without `---`")
    assert desk.server.get("/articles/late.gmi").status == 51
    assert "# Late\n" in desk.get("ada", "preview/drafts/late-refused-1.gmi").text
    answer = desk.carry_out("ada", "publish/drafts/late-refused-1.gmi")
    assert answer.meta == desk.url("/desk/preview/articles/late.gmi")
    assert "Scheduled for 2125-01-01" in desk.get("ada", "preview/articles/late.gmi").text


def test_a_printed_page_with_another_title_leads_to_the_article_itself(desk):
    desk.send("ada", "/articles/hers.gmi", "---\ntitle = Hers\n---\nThe text.\n")
    page = desk.server.get("/articles/hers.gmi").text.replace("# Hers", "# His")
    answer = desk.server.send("/articles/hers.gmi", page.encode(), desk.identities["ada"])
    assert answer.meta.startswith("Kept as draft hers-refused-1: "), answer.head
    links = dict(map(reversed, desk.links("ada", "preview/drafts/hers-refused-1.gmi")))
    host = f"example.org:{desk.server.port}"
    assert links["Edit /articles/hers.gmi itself"] == f"titan://{host}/articles/hers.gmi;edit"
    assert not any("/desk/publish/" in target for target in links.values())
    compared = desk.get("ada", "compare/drafts/hers-refused-1.gmi").text
    assert "\n-# Hers\n+# His\n" in compared and "title = Hers" not in compared


def test_a_static_page_kept_after_a_conflict_goes_back_as_it_was(desk):
    desk.send("heidi", "/about.gmi", "# About\n\nFirst.\n")
    kept = send_late(desk, "heidi", "/about.gmi", ("First", "Second"))
    assert "Second." in desk.get("heidi", f"preview/drafts/{kept}.gmi").text
    desk.carry_out("heidi", f"publish/drafts/{kept}.gmi")
    stored = desk.server.publication.root / "about.gmi"
    assert stored.read_text() == "# About\n\nSecond.\n"
