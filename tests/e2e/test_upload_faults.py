"""Uploads while something is wrong below the desk: a publisher that dies or stops between two steps, a
full disk, a hand that edits at the same time, paths that cannot be. What was acknowledged is there,
what was refused says what to do, and everything goes on by itself."""

import contextlib
import os
import random
import re
import signal
import subprocess
import threading
import time

import pytest

import system_calls
from publication import HOST, eventually
from test_storage import can_mount

STEPS = int(os.environ.get("BROADSHEET_STEPS", "6"))  # of a kind that are tried; 0: all there are
ROUNDS = int(os.environ.get("BROADSHEET_ROUNDS", "25"))  # of what happens at once
TEXT = "# {title}\n\nThe text of {title}.\n"


@pytest.fixture
def ida(publication, identity):
    ida = identity("ida")
    publication.hire("ida", "Ida Löw", "editor", ida)
    return ida


@pytest.fixture
def desk(ida, desk):
    """To which ida may, too."""
    return desk


def publisher_of(server):
    """Its pid, when it runs and answers."""
    return next(p["pid"] for p in server.status()["processes"] if p["role"] == "publisher")


def versions(publication, path):
    """All that was ever committed at a path, newest first: (author, text)."""
    commits = publication.git("log", "--format=%H %an <%ae>", "--", path.lstrip("/")).splitlines()
    told = []
    for line in commits:
        commit, author = line.split(" ", 1)
        with contextlib.suppress(AssertionError):  # deleted there
            told.append((author, publication.git("show", f"{commit}:{path.lstrip('/')}")))
    return told


def temporary_files(publication):
    folders = (publication.root, publication.state)
    return [path for folder in folders for path in folder.rglob(".broadsheet-*")]


class Sender(threading.Thread):
    """An upload in a thread of its own."""

    def __init__(self, server, *what):
        super().__init__()
        self.server, self.what = server, what
        self.answer = None
        self.start()

    def run(self):
        with contextlib.suppress(OSError):  # the server may be gone
            self.answer = self.server.send(*self.what)

    def receive(self):
        self.join()
        return self.answer


# --- the publisher dies between two steps ---


def run_once(server, identity, path, body, kill_before=None):
    """Uploads while the publisher is watched: the Sender, the calls it came to, was it killed."""
    watched = system_calls.Watched(publisher_of(server))
    sender = Sender(server, path, body, identity)
    was_killed = watched.run(kill_before, lambda: not sender.is_alive())
    if not was_killed:
        watched.let_go()
        sender.join()
    return sender, watched.names, was_killed


def choose(steps):
    """The first and the last of them, and some between."""
    if STEPS == 0 or STEPS >= steps:
        return range(1, steps + 1)
    return sorted({1 + round(i * (steps - 1) / (STEPS - 1)) for i in range(STEPS)})


@pytest.fixture
def steps(desk, heidi):
    """How many steps an upload of an article has: calls that change something."""
    reason = system_calls.why_not(publisher_of(desk))
    if reason is not None:
        pytest.skip(reason)
    body = TEXT.format(title="Whole").encode()
    sender, names, was_killed = run_once(desk, heidi, "/articles/", body)
    assert sender.receive().status == 30 and not was_killed
    assert any(name.startswith("rename") for name in names) and "fsync" in names, names
    return len(names)


def check_published(server, publication, title, editor):
    """It is live, once, and in history as that editor's."""
    found = list((publication.root / "articles").rglob(f"{title.lower()}*.gmi"))
    assert len(found) == 1, found
    path = "/" + str(found[0].relative_to(publication.root))
    page = server.expect(path, holding=f"The text of {title}.")
    assert page.text.startswith(f"# {title}\n")
    source = found[0].read_text()
    told = lambda: versions(publication, path)  # noqa: E731
    eventually(lambda: told() == [(editor, source)], what=told)


def test_a_publisher_killed_at_any_step_is_followed_by_one_that_does_it(
    desk, heidi, publication, steps
):
    """It is asked again by the worker: the upload is answered, and done once."""
    for step in choose(steps):
        eventually(lambda: publisher_is_old_enough(desk))
        title = f"Step{step}"
        body = TEXT.format(title=title).encode()
        sender, names, was_killed = run_once(desk, heidi, "/articles/", body, step)
        answer = sender.receive()
        assert answer is not None and answer.status == 30, (names, answer)
        address = f"30 gemini://{HOST}:{desk.port}/articles/"
        assert answer.head.startswith(address), (names, answer.head)
        assert was_killed or step > len(names), names
        check_published(desk, publication, title, f"Heidi <heidi@{HOST}>")
    eventually(lambda: not temporary_files(publication), what=lambda: temporary_files(publication))


def publisher_is_old_enough(server):
    """One that dies within its first second is restarted with a pause, that grows."""
    with contextlib.suppress(AssertionError, StopIteration):
        publisher = next(p for p in server.status()["processes"] if p["role"] == "publisher")
        return publisher["uptime"] > 1
    return False


def test_all_killed_at_any_step_leave_a_whole_text_or_none(
    desk, heidi, publication, serve, steps
):
    """Nothing is acknowledged then; but nothing is half done, and the next start needs no hand."""
    server = desk
    for step in choose(steps):
        title, path = f"Step{step}", f"/articles/step{step}.gmi"
        before = f"# {title}\n\nBefore.\n"
        assert server.send(path, before.encode(), heidi).status == 30
        body = TEXT.format(title=title).encode()
        sender, names, was_killed = run_once(server, heidi, path, body, step)
        server.kill()
        answer = sender.receive()
        server = serve(publication)
        source = (publication.root / path[1:]).read_text()
        text = body.decode() if source.endswith(body.decode()) else before
        assert source.endswith(text), (names, source)
        is_acknowledged = answer is not None and answer.status == 30
        assert text == body.decode() or not is_acknowledged, names
        page = server.expect(path, holding=text.splitlines()[2])
        assert page.text.startswith(f"# {title}\n")
        author = f"Heidi <heidi@{HOST}>"
        eventually(lambda: versions(publication, path)[0] == (author, source))
        assert {who for who, _ in versions(publication, path)} == {author}
    eventually(lambda: not temporary_files(publication), what=lambda: temporary_files(publication))
    publication.git("fsck", "--strict")


@pytest.mark.parametrize("lock", ["HEAD.lock", "index.lock", "refs/heads/main.lock"])
def test_a_git_lock_left_behind_holds_up_nobody(desk, heidi, publication, lock):
    """Of a process that was killed while the publisher ran: a `git push`, say."""
    path = publication.state / HOST / "history.git" / lock
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    answer = desk.send("/articles/a.gmi", TEXT.format(title="A").encode(), heidi)
    assert answer.status == 30
    assert "The text of A." in desk.get("/articles/a.gmi").text
    path.unlink(missing_ok=True)
    eventually(lambda: versions(publication, "/articles/a.gmi"), 40, "the commit")
    assert versions(publication, "/articles/a.gmi")[0][0] == f"Heidi <heidi@{HOST}>"


# --- the publisher stops for a while ---


def test_a_publisher_that_stops_holds_up_no_reader_and_goes_on(desk, heidi, ida, publication):
    publisher = publisher_of(desk)
    os.kill(publisher, signal.SIGSTOP)
    try:
        paths = [f"/articles/stopped-{n}.gmi" for n in range(4)]
        senders = [
            Sender(desk, path, TEXT.format(title="T").encode(), (heidi, ida)[n % 2])
            for n, path in enumerate(paths)
        ]
        reads = 0
        while any(sender.is_alive() for sender in senders):
            page = desk.get("/articles/one.gmi")
            assert page.status == 20
            reads += 1
        assert reads > 0
        for sender in senders:
            answer = sender.receive()
            assert answer.status == 41 and answer.meta.startswith("Try again soon"), answer.head
    finally:
        os.kill(publisher, signal.SIGCONT)
    for path in paths:
        assert desk.send(path, TEXT.format(title="Later").encode(), heidi).status == 30
        assert "The text of Later." in desk.get(path).text


# --- no room ---


@pytest.fixture
def small_disks(folder):
    """small_disks(folder, …): mounts a disk of 24 MB at each."""
    mounted = []

    def mount(*paths):
        for path in paths:
            path.mkdir(exist_ok=True)
            words = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(path)]
            subprocess.run(words, check=True)
            mounted.append(path)

    yield mount
    for path in mounted:
        subprocess.run(["umount", "-l", str(path)], check=True)


def fill(folder):
    """Leaves no block free. The file to remove when there is to be room again."""
    filler = folder / ".filler"
    with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    return filler


@pytest.mark.root
@pytest.mark.skipif(not can_mount(), reason="mounting is not allowed here")
@pytest.mark.parametrize("full", [["root"], ["state"], ["root", "state"]], ids=" and ".join)
def test_a_full_disk_loses_nothing_and_the_answer_says_what_to_do(
    publication, heidi, ida, small_disks, serve, full
):
    folders = [getattr(publication, name) for name in full]
    small_disks(*folders)
    old, new = (TEXT.format(title=title).encode() for title in ("Old", "New"))
    server = serve(publication)
    assert server.send("/articles/a.gmi", old, heidi).status == 30
    fillers = [fill(folder) for folder in folders]
    reason = "tell your admin that the disk" if "state" in full else "writing /articles/"
    texts = {f"/articles/{n}.gmi": new + os.urandom(16000).hex().encode() + b"\n" for n in "abcdef"}
    for path, text in texts.items():
        answer = server.send(path, text, ida)
        assert answer.status == 40, answer.head
        assert answer.meta.startswith(f"Not saved, try again: {reason}"), answer.head
    assert "The text of Old." in server.get("/articles/a.gmi").text
    assert (publication.root / "articles/a.gmi").read_bytes().endswith(old)
    assert [path.name for path in (publication.root / "articles").iterdir()] == ["a.gmi"]
    for filler in fillers:
        filler.unlink()
    for path, text in texts.items():
        assert server.send(path, text, ida).status == 30, path
        source = (publication.root / path[1:]).read_text()
        assert source.endswith(text.decode()), path
        assert text.decode()[-200:] in server.get(path).text
        author = f"Ida Löw <ida@{HOST}>"
        eventually(lambda: (author, source) in versions(publication, path), 40, path)


# --- at the same time ---


def lost(publication, path, sent):
    """The texts that are neither live, nor in history, nor in the draft that their answer names."""
    there = [text for _, text in versions(publication, path)]
    there.append((publication.root / path[1:]).read_text())
    missing = []
    for text, answer in sent:
        named = re.match(r"50 Kept as draft (\S+):", answer.head) if answer else None
        drafts = [(publication.root / f"drafts/{named[1]}.gmi").read_text()] if named else []
        if not any(version.endswith(text.decode()) for version in there + drafts):
            missing.append((text, answer and answer.head))
    return missing


def check_nothing_is_lost(publication, path, sent):
    missing = lambda: lost(publication, path, sent)  # noqa: E731
    eventually(lambda: not missing(), what=missing)


def test_of_two_editors_at_one_path_neither_loses_a_text(desk, heidi, ida, publication):
    path = "/articles/same.gmi"
    assert desk.send(path, TEXT.format(title="Same").encode(), heidi).status == 30
    sent = []
    for n in range(ROUNDS):
        form = desk.client(identity=heidi).ask(f"titan://{HOST}:{desk.port}{path};edit").body
        head = form[: form.rindex(b"\n---\n") + 5] if n % 2 else b""
        texts = [head + f"# Same\n\n{who} {n}.\n".encode() for who in ("Heidi", "Ida")]
        senders = [Sender(desk, path, text, who) for text, who in zip(texts, (heidi, ida))]
        answers = [sender.receive() for sender in senders]
        for text, answer in zip(texts, answers):
            assert answer.status in (30, 50), answer.head
            sent.append((text[len(head) :], answer))
        assert any(answer.status == 30 for answer in answers)
        if head:  # both began with the same version: one of them comes second
            assert sorted(answer.status for answer in answers) == [30, 50]
    check_nothing_is_lost(publication, path, sent)


def test_of_a_hand_and_an_upload_at_once_neither_loses_a_text(desk, heidi, publication):
    path = "/articles/same.gmi"
    assert desk.send(path, TEXT.format(title="Same").encode(), heidi).status == 30
    chance = random.Random(4)
    sent = []
    for n in range(ROUNDS):
        upload, by_hand = (f"# Same\n\nBy {how} {n}.\n".encode() for how in ("upload", "hand"))
        sender = Sender(desk, path, upload, heidi)
        time.sleep(chance.uniform(0, 0.03))  # the moment is the point
        publication.article(path[1:], "Same", body=by_hand.decode().rstrip())
        answer = sender.receive()
        assert answer.status in (30, 50), answer.head
        sent += [(upload, answer), (by_hand, None)]
    check_nothing_is_lost(publication, path, sent)


# --- paths that cannot be ---


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/articles/folder.gmi", 50, "Choose another name: /articles/folder.gmi is a folder"),
        ("/articles/one.gmi/two.gmi", 50, "Choose another path: /articles/one.gmi is a file"),
        ("/articles/" + 251 * "n" + ".gmi", 30, ""),
        ("/articles/" + 252 * "n" + ".gmi", 50, "Choose a shorter name"),
        ("/articles/" + 252 * "n", 50, "Choose a shorter name"),
        ("/articles/" + 256 * "n" + "/a.gmi", 50, "Choose a shorter name"),
        ("/about/" + 252 * "n" + ".txt", 50, "Choose a shorter name"),
        ("/drafts/" + 252 * "n" + ".gmi", 50, "Choose a shorter name"),
        ("/articles/" + 83 * "%E2%82%AC" + ".gmi", 30, ""),  # 249 bytes and 4
        ("/articles/" + 84 * "%E2%82%AC" + ".gmi", 50, "Choose a shorter name"),
    ],
)
def test_a_path_that_cannot_be_is_refused_before_the_body(
    publication, heidi, serve, path, status, says
):
    publication.article("articles/one.gmi", "One")
    publication.article("articles/folder.gmi/in.gmi", "In")
    server = serve(publication)
    before = sorted(publication.root.rglob("*"))
    body = TEXT.format(title="A").encode()
    if status == 50:  # the answer waits for no body
        request = f"titan://{HOST}:{server.port}{path};size={len(body)};mime=text/gemini"
        answer = server.client(identity=heidi).ask(request)
        assert answer.status == 50 and answer.meta.startswith(says), answer.head
        assert sorted(publication.root.rglob("*")) == before
    else:
        answer = server.send(path, body, heidi)
        assert answer.head == f"30 gemini://{HOST}:{server.port}{path}"
        assert "The text of A." in server.get(path).text


# --- other generations ---


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR2])
def test_reloads_and_upgrades_lose_no_upload_and_refuse_none(
    desk, heidi, ida, publication, number
):
    is_over = threading.Event()
    sent = [{}, {}]

    def send(which, who):
        n = 0
        while not is_over.is_set():
            path, text = f"/articles/{which}-{n}.gmi", f"# T\n\nText {which}-{n}.\n"
            sent[which][path] = (text, desk.send(path, text.encode(), who))
            n += 1

    threads = [threading.Thread(target=send, args=pair) for pair in enumerate((heidi, ida))]
    for thread in threads:
        thread.start()
    try:
        for generation in range(2, 5):
            desk.signal(number)
            desk.wait_for_log(f"generation {generation} is serving", 30)
            enough = 5 * generation
            eventually(lambda: all(len(paths) > enough for paths in sent), what="more uploads")
    finally:
        is_over.set()
        for thread in threads:
            thread.join()
    for which, (author, paths) in enumerate(zip(("Heidi", "Ida Löw"), sent)):
        for path, (text, answer) in paths.items():
            assert answer.status == 30, (path, answer.raw)
            assert (publication.root / path[1:]).read_text().endswith(text)
            assert text.splitlines()[2] in desk.get(path).text
    authors = publication.git("log", "--format=%an|%s")
    for which, author in enumerate(("Heidi", "Ida Löw")):
        for path in sent[which]:
            assert f"{author}|publish {path}\n" in authors
