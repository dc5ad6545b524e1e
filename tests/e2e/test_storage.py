"""Damage below the server: a full disk, a broken edition, a root folder that vanishes."""

import contextlib
import os
import shutil
import signal
import subprocess

import pytest

from publication import eventually, run


@pytest.fixture
def small_disk(folder):
    """A disk of 4 MB for the state."""
    path = folder / "var"
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(path)], check=True)
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def can_mount():
    with contextlib.suppress(OSError, subprocess.CalledProcessError):
        subprocess.run(["unshare", "-m", "true"], check=True, capture_output=True)
        return True
    return False


@pytest.mark.root
@pytest.mark.skipif(not can_mount(), reason="mounting is not allowed here")
def test_full_disk_loses_nothing_and_heals_by_itself(small_disk, publication, serve):
    publication.article("articles/one.gmi", "One")
    server = serve(publication)
    filler = small_disk / "filler"
    with contextlib.suppress(OSError), open(filler, "wb") as file:
        while True:
            file.write(b"x" * 65536)
            file.flush()
    for number in range(50):
        publication.article(f"articles/many/{number}.gmi", f"Number {number}", body=os.urandom(8000).hex())
    server.wait_for_log("full", 30)
    assert server.get("/articles/one.gmi").status == 20
    filler.unlink()
    for number in (0, 49):
        server.expect(f"/articles/many/{number}.gmi", patience=40)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(b"not a database at all" * 1000),
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(b""),
    ],
    ids=["overwritten", "cut", "emptied"],
)
def test_damaged_edition_is_printed_anew_under_the_next_number(publication, serve, damage):
    publication.article("articles/one.gmi", "One")
    server = serve(publication)
    server.stop()
    folder = publication.state / "example.org"
    for extra in folder.glob("edition-*.db-*"):
        extra.unlink()
    damage(folder / "edition-1.db")
    server = serve(publication, is_printed=False)
    server.expect("/articles/one.gmi")
    assert server.status()["capsules"][0]["edition"] == 2


def test_edition_deleted_while_down_is_printed_again(publication, serve):
    publication.article("articles/one.gmi", "One")
    server = serve(publication)
    server.stop()
    for path in (publication.state / "example.org").glob("edition-*"):
        path.unlink()
    server = serve(publication, is_printed=False)
    server.expect("/articles/one.gmi")


def test_history_deleted_while_down_starts_again(publication, serve):
    publication.article("articles/one.gmi", "One")
    server = serve(publication)
    eventually(lambda: server.status()["capsules"][0]["commit"])
    server.stop()
    shutil.rmtree(publication.state / "example.org/history.git")
    server = serve(publication)
    publication.article("articles/two.gmi", "Two")
    server.expect("/articles/two.gmi")
    eventually(lambda: server.status()["capsules"][0]["commit"])


def test_vanished_root_leaves_the_articles_and_comes_back(server, publication):
    away = publication.folder / "away"
    publication.root.rename(away)
    server.wait_for_log("root", 20)
    assert server.get("/articles/one.gmi").status == 20
    away.rename(publication.root)
    publication.article("articles/two.gmi", "Two")
    server.expect("/articles/two.gmi", patience=40)
    assert server.get("/articles/one.gmi").status == 20
    assert not (publication.root / ".gone").exists()


def test_replaced_root_is_taken_up(server, publication):
    away = publication.folder / "away"
    publication.root.rename(away)
    publication.root.mkdir()
    shutil.copytree(away, publication.root, dirs_exist_ok=True)
    publication.article("articles/two.gmi", "Two")
    publication.file("new.txt", "new")
    server.expect("/articles/two.gmi", patience=40)
    server.expect("/new.txt", patience=40)
    assert server.get("/articles/one.gmi").status == 20


def test_deleted_root_is_no_reason_to_call_articles_gone(server, publication):
    shutil.rmtree(publication.root)
    server.wait_for_log("root", 20)
    assert server.get("/articles/one.gmi").status == 20
    assert server.get("/about.gmi").status in (40, 51)


def test_names_that_git_refuses_are_served_all_the_same(publication, serve):
    publication.article("articles/one.gmi", "One")
    publication.file("git~1/x.txt", "odd")
    publication.file("sub/.well-known/x", "hidden")
    server = serve(publication)
    assert server.get("/git~1/x.txt").text == "odd"
    assert server.get("/articles/one.gmi").status == 20


def test_history_is_readable_by_git(server, publication):
    publication.article("articles/two.gmi", "Two", body="Zweitens.")
    server.expect("/articles/two.gmi")
    commits = ["log", "--all", "--format=%s", "--", "articles/two.gmi"]
    eventually(lambda: publication.git(*commits), what="the commit")
    assert "Zweitens." in publication.git("show", "HEAD:articles/two.gmi")


def test_history_may_be_switched_off(publication, serve):
    publication.capsule["history"] = "no"
    publication.article("articles/one.gmi", "One")
    server = serve(publication)
    server.expect("/articles/one.gmi")
    assert not (publication.state / "example.org/history.git").exists()


def test_time_zone_that_changes_moves_the_days(publication, serve):
    publication.article("articles/one.gmi", "One", date="")
    os.utime(publication.root / "articles/one.gmi", (1750000000, 1750000000))  # 15:06 UTC
    server = serve(publication)
    server.expect("/", holding="2025-06-15 One")
    publication.capsule["timezone"] = "Pacific/Kiritimati"
    publication.write_ini()
    server.signal(signal.SIGHUP)
    server.expect("/", holding="2025-06-16 One")


OCTOBER = 1759320000  # 2025-10-01 12:00 UTC


@pytest.fixture
def undated(publication, serve):
    """A server whose article without a date was first seen in October, and edited since."""
    publication.article("articles/law/one.gmi", "One", date="")
    os.utime(publication.root / "articles/law/one.gmi", (OCTOBER, OCTOBER))
    server = serve(publication)
    server.expect("/", holding="2025-10-01 One")
    publication.article("articles/law/one.gmi", "Two", date="")
    server.expect("/", holding="2025-10-01 Two")
    return server


def test_first_date_of_an_article_survives_a_reprint(undated, publication):
    assert run("reprint", "-c", publication.ini).returncode == 0
    eventually(lambda: undated.status()["capsules"][0]["edition"] == 2)
    undated.expect("/", holding="2025-10-01 Two")
    assert "2025-10-01T12:00:00Z one.gmi\n" in publication.git("show", "HEAD:articles/law/.dates")


@pytest.mark.parametrize("how", ["copy", "clone"])
def test_first_date_of_an_article_is_in_a_copy_of_the_capsule(undated, publication, serve, how):
    eventually(lambda: publication.git("show", "HEAD:articles/law/one.gmi").count("Two"))
    undated.stop()
    away = publication.folder / "away"
    away.mkdir()
    publication.root.rename(away / "capsule")
    publication.state.rename(away / "var")
    commands = {
        "copy": ["cp", "-r", away / "capsule", publication.root],
        "clone": ["git", "clone", "-q", away / "var/example.org/history.git", publication.root],
    }
    subprocess.run(commands[how], check=True)
    serve(publication, is_printed=False).expect("/", holding="2025-10-01 Two")


def test_list_of_first_dates_is_nobodys_to_read_or_to_send(publication, serve, identity):
    heidi = identity("heidi")
    publication.hire("heidi", "Heidi", "editor", heidi)
    publication.article("articles/one.gmi", "One", date="")
    server = serve(publication)
    before = (publication.root / "articles/.dates").read_text()
    assert server.get("/articles/.dates").status == 51
    assert server.send("/articles/.dates", b"2025-10-01 one.gmi\n", heidi).status == 50
    assert server.get("/articles/.dates;edit", identity=heidi).status in (50, 51)
    assert (publication.root / "articles/.dates").read_text() == before
