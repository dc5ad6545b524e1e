"""Whose the state folder is: the user's, whoever it was given to meanwhile. A service manager may
give it to root right before a reload."""

import os
import pwd
import signal
import threading

import pytest

from publication import eventually

pytestmark = pytest.mark.root
STRANGER = 12345


@pytest.fixture
def nobody():
    return pwd.getpwnam("nobody").pw_uid


def give(folder, uid):
    """chown -R, the folder itself last."""
    for path in (*folder.rglob("*"), folder):
        os.chown(path, uid, uid, follow_symlinks=False)


@pytest.fixture
def server(publication, heidi, serve, nobody):
    publication.sections["server"].update(user="nobody", workers="1")
    publication.article("articles/one.gmi", "One")
    give(publication.root, nobody)
    return serve(publication)


class Reader:
    """Asks for an article all the time."""

    def __init__(self, server):
        self.server, self.failures, self.is_over = server, [], threading.Event()
        self.thread = threading.Thread(target=self.ask)

    def ask(self):
        while not self.is_over.is_set():
            answer = self.server.get("/articles/one.gmi")
            if answer.status != 20:
                self.failures.append(answer.raw[:100])

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()


def spoil(publication):
    publication.ini.write_text(publication.ini.read_text() + "[nonsense]\n")


@pytest.mark.parametrize("is_spoilt", [True, False], ids=["bad ini file", "good ini file"])
def test_what_root_was_given_the_user_has_again_after_a_reload(
    server, publication, heidi, nobody, is_spoilt
):
    if is_spoilt:
        spoil(publication)
    with Reader(server) as reader:
        give(publication.state, 0)
        server.signal(signal.SIGHUP)
        server.wait_for_log("generation 2 is serving")
        eventually(lambda: len(server.children()) == 2, what="one generation only")
        text = b"---\ntitle = Two\n---\nText.\n"
        eventually(lambda: server.send("/articles/two.gmi", text, heidi).status == 30, what="an upload")
    assert reader.failures == []
    assert server.get("/articles/two.gmi").status == 20
    assert "Permission denied" not in server.read_log()
    for path in (publication.state, publication.state / "writer.lock", publication.state / "lock"):
        assert path.stat().st_uid == nobody


def test_a_publisher_that_starts_again_has_its_state_again(server, publication, heidi):
    publisher = next(p["pid"] for p in server.status()["processes"] if p["role"] == "publisher")
    give(publication.state, 0)
    os.kill(publisher, signal.SIGKILL)
    text = b"---\ntitle = Two\n---\nText.\n"
    eventually(lambda: server.send("/articles/two.gmi", text, heidi).status == 30, what="an upload")
    assert "Permission denied" not in server.read_log()


def test_no_generation_takes_over_that_could_not_work(server, publication, nobody):
    give(publication.state, STRANGER)
    server.signal(signal.SIGHUP)
    server.wait_for_log(f"belongs to user {STRANGER}: expected nobody (chown -R nobody ")
    server.wait_for_log("no new generation")
    assert server.get("/articles/one.gmi").status == 20
    give(publication.state, nobody)
    server.signal(signal.SIGHUP)
    server.wait_for_log("generation 2 is serving")
    assert server.get("/articles/one.gmi").status == 20


@pytest.mark.parametrize("what", ["folder", "file"])
def test_a_worker_that_may_not_read_the_edition_says_so(server, publication, what):
    state = publication.state / "example.org"
    (state / "edition-1.db").chmod(0o600)
    os.chown(state if what == "folder" else state / "edition-1.db", STRANGER, STRANGER)
    worker = next(p["pid"] for p in server.status()["processes"] if p["role"] == "worker")
    os.kill(worker, signal.SIGKILL)
    server.expect("/", status=41, holding="The edition cannot be read")
    server.wait_for_log(f"{state}{'/edition-1.db' if what == 'file' else ''}: Permission denied")
