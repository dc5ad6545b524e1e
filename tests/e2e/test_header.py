"""What looks like a header and is none never reaches readers: it is kept as a draft, or what was
printed last stays. The slips are those of people who fill in the form of the desk."""

import re

import pytest

from publication import HOST, eventually, run

WORDS = "The harbour closes at noon."


def before(form):
    return "\n" + form


def marked(form):
    return "\u200b" + form


def unopened(form):
    return form.removeprefix("---\n")


def unclosed(form):
    return form.replace("\n---\n", "\n", 1)


def longer(form):
    return form.replace("\n---\n", "\n----\n", 1)


def joined(form):
    return form.replace("\n---\n\n", "\n---", 1)


def twice(form):
    return form.replace(WORDS, form)


def greeted(form):
    return "Dear Heidi, here it is:\n\n" + form


# What was done to the form, the line that is named, and whether the desk puts it right.
SLIPS = [
    (before, 1, True),
    (marked, 1, True),
    (unopened, 1, True),
    (unclosed, 1, True),
    (longer, 10, True),
    (joined, 10, True),
    (twice, None, False),
    (greeted, 3, False),
]


class Desk:
    def __init__(self, server, identity):
        self.server = server
        self.identity = identity

    def edit(self, path):
        """What comes to be edited: the source at path, or a form."""
        url = f"titan://{HOST}:{self.server.port}{path};edit"
        answer = self.server.client(identity=self.identity).ask(url)
        assert answer.status == 20, answer.head
        return answer.text

    def fill(self, **keys):
        """The form for an article, filled in."""
        form = self.edit("/articles/")
        for key, value in keys.items():
            assert f"\n{key} = \n" in form
            form = form.replace(f"\n{key} = \n", f"\n{key} = {value}\n")
        return form + WORDS + "\n"

    def send(self, path, text):
        return self.server.send(path, text.encode(), self.identity)

    def get(self, path, status=20):
        answer = self.server.get(f"/desk/{path}", identity=self.identity)
        assert answer.status == status, answer.raw[:500]
        return answer

    def kept(self, answer):
        """The draft that was made of a text which is refused."""
        found = re.match(r"50 Kept as draft (\S+): (.*), see /desk/$", answer.head)
        assert found, answer.head
        return found.groups()

    def publish(self, path):
        page = self.get(f"publish{path}").text
        link = re.search(r"^=> /desk/(do/[0-9a-f]+) ", page, re.M).group(1)
        return self.get(link + "?yes", status=30)


@pytest.fixture
def desk(publication, serve, identity):
    heidi = identity("heidi")
    publication.hire("heidi", "Heidi", "editor", heidi)
    publication.article("articles/one.gmi", "One", body="The text of one.")
    return Desk(serve(publication), heidi)


def public(server, path=None):
    """All that readers can see of it."""
    pages = ["/", "/articles/", "/archive/", "/atom.xml", "/search?harbour"]
    return "".join(server.get(one).text for one in pages + ([path] if path else []))


@pytest.mark.parametrize("keys", [{"date": "2127-03-01"}, {"status": "draft"}, {}], ids=str)
@pytest.mark.parametrize("target", ["/articles/", "/articles/tide.gmi"])
@pytest.mark.parametrize(("slip", "line", "is_mended"), SLIPS)
def test_a_slip_in_the_form_publishes_nothing(desk, publication, slip, line, is_mended, target, keys):
    answer = desk.send(target, slip(desk.fill(title="Tide", **keys)))
    name, reason = desk.kept(answer)
    assert reason.startswith(f"line {line}: " if line else "line "), reason
    assert desk.server.get("/articles/tide.gmi").status == 51
    assert "Tide" not in public(desk.server) and WORDS not in public(desk.server)
    source = (publication.root / f"drafts/{name}.gmi").read_text()
    assert WORDS in source and "title = Tide\n" in source
    assert all(f"{key} = {value}\n" in source for key, value in keys.items())
    page = desk.get(f"preview/drafts/{name}.gmi").text
    if is_mended:
        assert "# Tide\n" in page and "title =" not in page
    else:
        assert "line " in page and f"/desk/publish/drafts/{name}.gmi" not in page
        refused = desk.get(f"publish/drafts/{name}.gmi", status=50)
        assert re.match("Correct it first: line [0-9]+: a second header", refused.meta)
        done = run("check", "-c", publication.ini)
        assert re.search(rf"drafts/{name}\.gmi: line \d+: a second header", done.stdout), done.stdout


@pytest.mark.parametrize("slip", [slip for slip, _, is_mended in SLIPS if is_mended])
def test_a_header_that_was_put_right_still_waits_for_its_date(desk, slip):
    answer = desk.send("/articles/tide.gmi", slip(desk.fill(title="Tide", date="2127-03-01")))
    name, _ = desk.kept(answer)
    answer = desk.publish(f"/drafts/{name}.gmi")
    assert answer.meta.endswith("/desk/preview/articles/tide.gmi")
    assert "Scheduled for 2127-03-01" in desk.get("preview/articles/tide.gmi").text
    assert desk.server.get("/articles/tide.gmi").status == 51


def test_a_header_that_is_mended_by_its_writer_goes_where_it_was_sent(desk):
    name, _ = desk.kept(desk.send("/articles/tide.gmi", greeted(desk.fill(title="Tide"))))
    text = desk.edit(f"/drafts/{name}.gmi")
    head, below = text.split("Dear Heidi, here it is:\n\n---\n")
    assert desk.send(f"/drafts/{name}.gmi", head.removesuffix("---\n") + below).status == 30
    assert desk.publish(f"/drafts/{name}.gmi").meta.endswith("/articles/tide.gmi")
    page = desk.server.get("/articles/tide.gmi").text
    assert page.startswith("# Tide\n\nHeidi \u00b7 ") and f"\n\n{WORDS}\n" in page


@pytest.mark.parametrize(("slip", "line", "is_mended"), SLIPS)
def test_a_slip_in_an_update_leaves_what_readers_have(desk, slip, line, is_mended):
    assert desk.send("/articles/tide.gmi", desk.fill(title="Tide")).status == 30
    page = desk.server.get("/articles/tide.gmi").text
    text = desk.edit("/articles/tide.gmi")
    assert "revision = " in text
    desk.kept(desk.send("/articles/tide.gmi", slip(text)))
    assert desk.server.get("/articles/tide.gmi").text == page


@pytest.mark.parametrize(("slip", "line", "is_mended"), SLIPS)
def test_a_slip_in_a_draft_loses_nothing(desk, publication, slip, line, is_mended):
    name, _ = desk.kept(desk.send("/drafts/tide.gmi", slip(desk.fill(title="Tide"))))
    assert WORDS in (publication.root / f"drafts/{name}.gmi").read_text()


def test_capitals_in_a_header_mean_the_same(desk, publication):
    head = "---\nTitle: Tide\nStatus: Draft\nEDITOR: ada\nSent-To: /about.gmi\n---\n"
    answer = desk.send("/articles/tide.gmi", head + WORDS + "\n")
    assert answer.meta.endswith("/desk/preview/articles/tide.gmi"), answer.head
    assert desk.server.get("/articles/tide.gmi").status == 51
    source = (publication.root / "articles/tide.gmi").read_text()
    assert "heidi" in source and "ada" not in source and "about" not in source
    publication.file("articles/hand.gmi", head.replace("Tide", "Hand"))
    desk.server.wait_until_printed()
    eventually(lambda: "Hand" in desk.get("list/drafts/").text or "Hand" in desk.get("").text)
    assert desk.server.get("/articles/hand.gmi").status == 51


@pytest.mark.parametrize(
    ("entry", "meant"),
    [
        ("statsu = draft", "status"),
        ("state = Ready for print", "status"),
        ("Dat: 2127-03-01", "date"),
        ("dat = 1 March 2127", "date"),
        ("retract = Wrong.", "retracted"),
    ],
)
def test_a_key_that_may_have_been_meant_to_hide_a_text_holds_it_back(desk, publication, entry, meant):
    text = f"---\ntitle = Tide\n{entry}\n---\n{WORDS}\n"
    name, reason = desk.kept(desk.send("/articles/tide.gmi", text))
    assert reason.startswith("line 3: unknown key `") and f"did you mean `{meant}`?" in reason
    assert desk.server.get("/articles/tide.gmi").status == 51
    refused = desk.get(f"publish/drafts/{name}.gmi", status=50)
    assert f"did you mean `{meant}`?" in refused.meta
    publication.file("articles/hand.gmi", text)
    desk.server.wait_for_log("articles/hand.gmi: line 3: unknown key")
    assert desk.server.get("/articles/hand.gmi").status == 51


@pytest.mark.parametrize(
    ("entries", "line", "key"),
    [
        ("status = draft\nstatus = published", 5, "status"),
        ("status = published\nStatus: draft", 5, "status"),
        ("date = 2127-01-01\ndate = 2020-01-01", 5, "date"),
        ("updated = 2025-06-14\ndek = x\nupdated = 2025-06-15", 6, "updated"),
        ("retracted = Wrong.\nretracted = Quite wrong.", 5, "retracted"),
        ("lang = es\ntitle = Ebb", 5, "title"),
    ],
)
def test_two_values_of_a_key_that_may_stand_once_hold_a_text_back(desk, publication, entries, line, key):
    text = f"---\neditor = ada\ntitle = Tide\n{entries}\n---\n{WORDS}\n"
    said = f"line {line}: a second `{key}`: leave one"
    name, reason = desk.kept(desk.send("/articles/tide.gmi", text))
    assert reason == said
    refused = desk.get(f"publish/drafts/{name}.gmi", status=50)
    assert f"a second `{key}`" in refused.meta
    page = desk.server.get("/articles/one.gmi").text
    publication.file("articles/one.gmi", text)
    publication.file("articles/hand.gmi", text)
    for file in ("one", "hand"):
        desk.server.wait_for_log(f"articles/{file}.gmi: {said}")
    assert desk.server.get("/articles/one.gmi").text == page
    for file in ("tide", "hand"):
        assert desk.server.get(f"/articles/{file}.gmi").status == 51
    done = run("check", "-c", publication.ini)
    assert done.returncode == 1 and f"articles/hand.gmi: {said}" in done.stdout


def test_the_same_value_twice_is_published(desk):
    text = f"---\ntitle = Tide\ndate = 2025-06-13\nDate: 2025-06-13\n---\n{WORDS}\n"
    assert desk.send("/articles/tide.gmi", text).status == 30
    assert WORDS in public(desk.server, "/articles/tide.gmi")


@pytest.mark.parametrize(
    "entry",
    ["mood = fine", "titel = x", "state: Texas", "data: 42 boats", "rate = 3.5", "stats = none yet",
     "late: yes", "revisions = 3"],
)  # fmt: skip
def test_other_unknown_keys_are_warned_about_and_published(desk, entry):
    answer = desk.send("/articles/tide.gmi", f"---\n{entry}\n---\n{WORDS}\n")
    assert answer.meta.endswith(f"{desk.server.port}/articles/tide.gmi"), answer.head
    assert WORDS in desk.server.get("/articles/tide.gmi").text


@pytest.mark.parametrize("key", ["revisoin", "Revison", "revision_"])
def test_a_misspelt_revision_holds_the_text_back(desk, key):
    assert desk.send("/articles/tide.gmi", desk.fill(title="Tide")).status == 30
    mine = desk.edit("/articles/tide.gmi")
    theirs = desk.edit("/articles/tide.gmi").replace(WORDS, "What was saved meanwhile.")
    assert desk.send("/articles/tide.gmi", theirs).status == 30
    mine = mine.replace("revision =", f"{key} =").replace(WORDS, "Mine.")
    _, reason = desk.kept(desk.send("/articles/tide.gmi", mine))
    assert reason.endswith(f"unknown key `{key}`, did you mean `revision`?")
    assert "What was saved meanwhile." in desk.server.get("/articles/tide.gmi").text


@pytest.mark.parametrize(("slip", "line", "is_mended"), SLIPS)
def test_a_slip_in_a_file_laid_down_by_hand_is_told_and_not_printed(
    desk, publication, slip, line, is_mended
):
    text = slip(desk.fill(title="Tide", status="draft"))
    page = desk.server.get("/articles/one.gmi").text
    publication.file("articles/one.gmi", text)
    publication.file("articles/tide.gmi", text)
    for name in ("one", "tide"):
        desk.server.wait_for_log(f"articles/{name}.gmi: line ")
    assert desk.server.get("/articles/one.gmi").text == page
    assert desk.server.get("/articles/tide.gmi").status == 51
    front = desk.get("list/broken/").text
    assert "articles/one.gmi" in front and "articles/tide.gmi" in front
    done = run("check", "-c", publication.ini)
    assert done.returncode == 1
    for name in ("one", "tide"):
        assert re.search(rf"articles/{name}\.gmi: line {line or '[0-9]+'}: ", done.stdout)


@pytest.mark.parametrize("slip", [slip for slip, _, is_mended in SLIPS if is_mended])
def test_edit_puts_the_header_of_such_a_file_right(desk, publication, slip):
    publication.file("articles/tide.gmi", slip(desk.fill(title="Tide")))
    desk.server.wait_for_log("articles/tide.gmi: line ")
    assert desk.send("/articles/tide.gmi", desk.edit("/articles/tide.gmi")).status == 30
    assert desk.server.get("/articles/tide.gmi").text.startswith("# Tide\n\n")


def test_publish_refuses_it_too(desk, publication):
    text = publication.folder / "tide.gmi"
    text.write_text(before(desk.fill(title="Tide", date="2127-03-01")))
    done = run("publish", text, "/articles/tide.gmi", "-c", publication.ini)
    assert done.returncode == 1 and "Kept as draft tide-refused-1: line 1: blank" in done.stderr
    assert desk.server.get("/articles/tide.gmi").status == 51


def test_a_revision_is_not_printed_with_a_page(desk):
    assert desk.send("/about.gmi", "# About\n\nUs.\n").status == 30
    name, reason = desk.kept(desk.send("/about.gmi", "\n" + desk.edit("/about.gmi") + "More.\n"))
    assert reason.startswith("line 1: blank")
    assert desk.server.get("/about.gmi").text == "# About\n\nUs.\n"
    assert desk.publish(f"/drafts/{name}.gmi").meta.endswith("/about.gmi")
    assert desk.server.get("/about.gmi").text == "# About\n\nUs.\nMore.\n"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rule.gmi", f"---\n{WORDS}\n"),
        ("rules.md", f"# Tide\n\n---\n\n{WORDS}\n\n---\n\nNote: more.\n"),
        ("example.gmi", f"{WORDS}\n```\n---\ntitle = Tide\nstatus = draft\n---\n```\n"),
        ("example.md", f"{WORDS}\n\n    ---\n    status: draft\n    ---\n"),
        ("dialogue.gmi", f"Author: Why?\nEditor: Because.\n\n{WORDS}\n"),
        ("minutes.md", f"# Minutes\n\nDate: 2025-06-13\nPlace: hall\n\n---\n\n{WORDS}\n"),
        ("below.gmi", "Words.\n" * 10 + f"---\ntitle = Tide\n---\n{WORDS}\n"),
    ],
)
def test_text_may_begin_as_it_likes(desk, name, text):
    answer = desk.send(f"/articles/{name}", text)
    assert answer.status == 30, answer.head
    assert WORDS in desk.server.get(f"/articles/{name}").text
