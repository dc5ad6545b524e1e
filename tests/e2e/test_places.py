"""Places that must lie apart: what is below a root is served, and editors may replace it."""

import os
import shutil
import signal
import subprocess

import pytest

from publication import run
from test_storage import can_mount


def line_of(publication, text):
    return publication.ini.read_text().splitlines().index(text) + 1


def move_below_root(publication, *names):
    for name in names:
        (publication.folder / name).rename(publication.root / name)


# What lies below the root in each row: section and key of it, its value, and files to be moved.
BELOW_ROOT = {
    "state": ("server", "state", "capsule/var", []),
    "state that is the root": ("server", "state", "capsule", []),
    "socket": ("server", "listen", "unix:capsule/socket", []),
    "access log": ("log", "access", "capsule/access.log", []),
    "certificate": ("capsule example.org", "certificate", "capsule/example.org.crt", ["example.org.crt"]),
    "key": ("capsule example.org", "key", "capsule/example.org.key", ["example.org.key"]),
    "authority": ("zone example.org/members/", "authority", "capsule/example.org.crt", ["example.org.crt"]),
}


@pytest.mark.parametrize("what", BELOW_ROOT)
@pytest.mark.parametrize("verb", ["serve", "check"])
def test_what_lies_below_a_root_is_refused_at_its_line(publication, verb, what):
    section, key, value, files = BELOW_ROOT[what]
    publication.prepare()
    move_below_root(publication, *files)
    if what == "authority":
        publication.sections[section] = {"require": "authority"}
        shutil.copy(publication.root / files[0], publication.folder / files[0])
    publication.sections[section][key] = value
    publication.write_ini()
    before = sorted(publication.folder.rglob("*"))
    done = run(verb, "-c", publication.ini)
    assert done.returncode == 2
    line = line_of(publication, f"{key} = {value}")
    assert done.stderr.startswith(f"{publication.ini}:{line}: [{section}] {key} = {value}: ")
    assert "expected a place outside [capsule example.org] root = capsule" in done.stderr
    assert "move it" in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(publication.folder.rglob("*")) == before
    assert done.stdout == ""


@pytest.mark.parametrize("verb", ["serve", "check"])
def test_a_root_that_holds_the_ini_file_is_the_mistake(publication, verb):
    publication.capsule["root"] = "."
    publication.write_ini()
    done = run(verb, "-c", publication.ini)
    assert done.returncode == 2
    line = line_of(publication, "root = .")
    told = f"{publication.ini}:{line}: [capsule example.org] root = .: expected a folder without "
    assert told + "this ini file" in done.stderr
    assert "give the publication a folder of its own" in done.stderr


def link_below_root(publication):
    """The state would be made behind a link that leads below the root."""
    (publication.folder / "state").symlink_to("capsule/var")
    publication.sections["server"]["state"] = "state"
    return "state = state"


def link_of_root(publication):
    """The root is a link to where the state is."""
    publication.state.mkdir()
    publication.root.rmdir()
    publication.root.symlink_to("var")
    return "state = var"


def key_behind_link_in_root(publication):
    """Who may write below the root could put another key in the link's place."""
    (publication.root / "key").symlink_to("../example.org.key")
    publication.capsule["key"] = "capsule/key"
    return "key = capsule/key"


def dots(publication):
    (publication.folder / "x").mkdir()
    publication.sections["server"]["state"] = "x/../capsule/./new/var"
    return "state = x/../capsule/./new/var"


def same_root_twice(publication):
    publication.sections["capsule other.test"] = {**publication.capsule, "root": "other"}
    (publication.folder / "other").symlink_to("capsule")
    return "root = other"


def root_in_root(publication):
    publication.sections["capsule other.test"] = {**publication.capsule, "root": "capsule/other"}
    (publication.root / "other").mkdir()
    return "root = capsule/other"


def root_in_history(publication):
    (publication.state / "example.org/root").mkdir(parents=True)
    publication.capsule["root"] = "var/example.org/root"
    return "root = var/example.org/root"


def key_in_state(publication):
    publication.state.mkdir()
    (publication.folder / "example.org.key").rename(publication.state / "key")
    publication.capsule["key"] = "var/key"
    return "key = var/key"


def ini_in_state(publication):
    publication.sections["server"]["state"] = "."
    publication.capsule["key"] = "/key-elsewhere"
    return "state = ."


WAYS = [
    link_below_root,
    link_of_root,
    key_behind_link_in_root,
    dots,
    same_root_twice,
    root_in_root,
    root_in_history,
    key_in_state,
    ini_in_state,
]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_where_places_really_are_is_what_counts(publication, way):
    publication.prepare()
    mistaken = way(publication)
    publication.write_ini()
    done = run("check", "-c", publication.ini)
    assert done.returncode == 2
    assert f"{publication.ini}:{line_of(publication, mistaken)}: " in done.stderr
    assert f" {mistaken}" in done.stderr and ": expected a " in done.stderr


@pytest.mark.root
@pytest.mark.skipif(not can_mount(), reason="mounting is not allowed here")
def test_a_root_that_is_mounted_elsewhere_too_is_known_again(publication):
    publication.prepare()
    mounted = publication.folder / "mounted"
    mounted.mkdir()
    subprocess.run(["mount", "--bind", publication.root, mounted], check=True)
    try:
        publication.sections["server"]["state"] = "mounted/var"
        publication.write_ini()
        done = run("check", "-c", publication.ini)
    finally:
        subprocess.run(["umount", mounted], check=True)
    assert done.returncode == 2
    assert "state = mounted/var: expected a place outside" in done.stderr


def test_what_does_no_harm_is_allowed(publication, serve):
    """A publication beside what the server keeps; socket and log in the state folder."""
    root = publication.state / "capsule"
    root.mkdir(parents=True)
    publication.root = root
    publication.capsule["root"] = "var/capsule"
    publication.sections["log"]["access"] = "var/access.log"
    publication.sections["server"]["listen"] = ["127.0.0.1:0", "unix:var/gemini.sock"]
    publication.article("articles/one.gmi", "One")
    server = serve(publication)
    server.expect("/articles/one.gmi")


def test_a_reload_refuses_it_and_goes_on_as_before(server, publication):
    publication.sections["log"]["access"] = "capsule/access.log"
    publication.write_ini()
    server.signal(signal.SIGHUP)
    server.wait_for_log("access = capsule/access.log: expected a place outside")
    server.wait_for_log("generation 2 is serving")
    assert server.get("/articles/one.gmi").status == 20
    assert not (publication.root / "access.log").exists()


def test_a_root_that_comes_to_lead_to_everything_is_not_published(server, publication):
    """A reload that cannot have the ini file goes on with the one before, but not with that."""
    publisher = next(p["pid"] for p in server.status()["processes"] if p["role"] == "publisher")
    os.kill(publisher, signal.SIGSTOP)  # else it may see that its root is another, and end first
    moved = publication.root.rename(publication.folder / "moved")
    publication.root.symlink_to(".")
    server.signal(signal.SIGHUP)
    server.wait_for_log("no new generation")
    os.kill(publisher, signal.SIGKILL)
    server.wait_for_log("publisher could not be started: ")
    assert "root = capsule" in server.read_log() and "without this ini file" in server.read_log()
    assert server.get("/articles/one.gmi").status == 20
    assert server.get("/example.org.key").status == 51
    publication.root.unlink()
    moved.rename(publication.root)
    server.signal(signal.SIGHUP)
    server.wait_for_log("generation 2 is serving")
    publication.article("articles/two.gmi", "Two")
    server.expect("/articles/two.gmi")
    assert "example.org.key" not in publication.git("log", "--name-only", "--format=")


@pytest.mark.parametrize("words", [["editor", "list"], ["reprint"], ["delete", "/x.gmi"]], ids=" ".join)
def test_a_verb_that_works_there_refuses_it_too(publication, words):
    publication.sections["server"]["state"] = "capsule/var"
    publication.write_ini()
    done = run(*words, "-c", publication.ini)
    assert done.returncode == 2
    assert "state = capsule/var: expected a place outside" in done.stderr
    assert list(publication.root.iterdir()) == []


def test_a_link_to_a_folder_outside_leads_nowhere(publication, serve):
    publication.article("articles/one.gmi", "One")
    (publication.root / "out").symlink_to("..")
    (publication.root / "state").symlink_to(publication.state)
    server = serve(publication)
    server.expect("/articles/one.gmi")
    for path in ("/out/example.org.key", "/out/broadsheet.ini", "/state/lock", "/out/", "/state/"):
        assert server.get(path).status == 51, path
    assert "example.org.key" not in publication.git("ls-tree", "-r", "--name-only", "HEAD")


def test_new_does_not_begin_a_publication_in_another(folder):
    assert run("new", "example.org", folder / "first").returncode == 0
    capsule = folder / "first/capsule"
    (folder / "link").symlink_to(capsule)
    before = sorted(capsule.rglob("*"))
    for words, where in (["second.test"], capsule), (["second.test", folder / "link/x"], folder):
        done = run("new", *words, cwd=where)
        assert done.returncode == 1
        assert f"{folder}/first/conf/broadsheet.ini publishes" in done.stderr
        assert sorted(capsule.rglob("*")) == before
    assert run("new", "second.test", folder / "first/second").returncode == 0


def test_new_does_not_publish_its_own_key(folder):
    (folder / "capsule").symlink_to(".")
    done = run("new", "example.org", folder)
    assert done.returncode == 1
    assert "expected a folder without this ini file" in done.stderr
    assert [path.name for path in folder.rglob("*") if path.is_file()] == []
