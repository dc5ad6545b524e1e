"""Changes by hand in the capsule folder are live by themselves; how soon, tests/bench measures."""

import os
import shutil

import pytest


def test_dropped_in_changed_and_removed(server, publication):
    publication.article("articles/two.gmi", "Two", body="First words.")
    server.expect("/articles/two.gmi", holding="First words.")
    server.expect("/", holding="2025-06-13 Two\n")
    publication.article("articles/two.gmi", "Two", body="Other words.")
    server.expect("/articles/two.gmi", holding="Other words.")
    (publication.root / "articles/two.gmi").unlink()
    server.expect("/articles/two.gmi", 52)
    assert "Two" not in server.get("/").text
    assert "/articles/two.gmi" in (publication.root / ".gone").read_text()


def test_path_that_comes_back_is_not_gone(server, publication):
    (publication.root / "articles/one.gmi").unlink()
    server.expect("/articles/one.gmi", 52)
    publication.article("articles/one.gmi", "One again")
    server.expect("/articles/one.gmi", holding="# One again")


def test_list_of_what_is_gone_may_be_edited_by_hand(server, publication):
    publication.file(".gone", "/articles/never.gmi\n")
    server.expect("/articles/never.gmi", 52)


def test_file_written_in_place(server, publication):
    (publication.root / "articles/in place.gmi").write_text("# In place\n\nWritten directly.\n")
    server.expect("/articles/in%20place.gmi", holding="Written directly.")


def test_folder_moved_in_whole(server, publication):
    outside = publication.folder / "prepared"
    for name in ("a.gmi", "deep/b.gmi", "deep/deeper/c.gmi"):
        (outside / name).parent.mkdir(parents=True, exist_ok=True)
        (outside / name).write_text(f"# Title of {name}\n\nText.\n")
    outside.rename(publication.root / "articles/moved")
    for name in ("a.gmi", "deep/b.gmi", "deep/deeper/c.gmi"):
        server.expect(f"/articles/moved/{name}", holding=f"# Title of {name}")
    publication.article("articles/moved/deep/later.gmi", "Later")
    server.expect("/articles/moved/deep/later.gmi")


def test_folder_moved_away_and_renamed(server, publication):
    publication.article("articles/box/a.gmi", "A")
    server.expect("/articles/box/a.gmi")
    (publication.root / "articles/box").rename(publication.root / "articles/chest")
    server.expect("/articles/chest/a.gmi")
    server.expect("/articles/box/a.gmi", 52)
    shutil.rmtree(publication.root / "articles/chest")
    server.expect("/articles/chest/a.gmi", 52)


def test_half_written_file_is_not_served_before_it_is_whole(server, publication):
    with open(publication.root / "articles/slow.gmi", "w") as file:
        file.write("---\ntitle = Slow\ndate = 2025-01-01\n---\nThe beginning")
        file.flush()
        publication.article("articles/marker.gmi", "Marker")  # written later, and seen later
        server.expect("/articles/marker.gmi")
        assert server.get("/articles/slow.gmi").status == 51
        file.write(" and the end.\n")
    server.expect("/articles/slow.gmi", holding="The beginning and the end.")


def test_temporary_names_of_editors_are_left_alone(server, publication):
    (publication.root / "articles/.one.gmi.swp").write_text("swap")
    publication.article("articles/two.gmi", "Two")
    server.expect("/articles/two.gmi")
    assert server.get("/articles/.one.gmi.swp").status == 51


def test_moved_article_redirects_from_its_old_path(server, publication):
    publication.article("articles/new place.gmi", "Moved", moved_from="/articles/old.gmi")
    answer = server.expect("/articles/old.gmi", 31)
    assert answer.meta == "/articles/new%20place.gmi"


def test_existing_file_wins_over_a_move(server, publication):
    publication.article("articles/other.gmi", "Other", moved_from="/articles/one.gmi")
    server.expect("/articles/other.gmi")
    assert server.get("/articles/one.gmi").status == 20


def test_retracted_article_says_why(server, publication):
    publication.article("articles/one.gmi", "One", retracted="The source was forged")
    assert server.expect("/articles/one.gmi", 52).meta == "The source was forged"
    assert "articles/one.gmi" not in server.get("/").text


@pytest.mark.parametrize("status", ["draft", "ready"])
def test_draft_is_nowhere(server, publication, status):
    publication.article("articles/one.gmi", "One", status=status)
    server.expect("/articles/one.gmi", 51)
    assert "articles/one.gmi" not in server.get("/").text


@pytest.mark.parametrize(
    "broken, reason",
    [
        ("---\ntitle = One\ndate = 13 June\n---\nNew text.\n", "line 3"),
        ("---\ntitle = One\nno separator here\n---\nNew text.\n", "line 3"),
        ("---\ntitle = One\nstatus = perhaps\n---\nNew text.\n", "line 3"),
        (b"---\ntitle = One\n---\nNew text \xff\xfe.\n", "UTF-8"),
    ],
    ids=["date", "separator", "status", "encoding"],
)
def test_broken_article_keeps_its_last_good_print(server, publication, broken, reason):
    publication.file("articles/one.gmi", broken)
    server.wait_for_log("articles/one.gmi")
    assert reason in server.read_log()
    answer = server.get("/articles/one.gmi")
    assert answer.status == 20 and "The text of one." in answer.text
    publication.article("articles/one.gmi", "One", body="Mended.")
    server.expect("/articles/one.gmi", holding="Mended.")


def test_article_broken_from_the_start_is_not_served(server, publication):
    publication.file("articles/bad.gmi", "---\ndate = never\n---\nText.\n")
    server.wait_for_log("articles/bad.gmi")
    assert server.get("/articles/bad.gmi").status == 51


def test_many_files_at_once(server, publication):
    for number in range(300):
        publication.article(f"articles/many/{number}.gmi", f"Number {number}", "2024-01-01")
    for number in (0, 150, 299):
        server.expect(f"/articles/many/{number}.gmi")
    assert os.path.exists(publication.state / "example.org/history.git")
