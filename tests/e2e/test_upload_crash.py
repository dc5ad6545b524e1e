"""kill -9 of any process while many editors upload at once: what was acknowledged is there, byte for
byte, and is its editor's; readers never see half of anything."""

import contextlib
import hashlib
import os
import random
import signal
import threading
import time

import pytest

from gemini import Client
from publication import HOST, eventually

UPLOADS = int(os.environ.get("BROADSHEET_UPLOADS", "120"))  # acknowledged, by all together
PEOPLE = {"heidi": "editor", "ida": "author", "jo": "author", "carl": "contributor"}
PATHS = 5  # that each person writes to again and again
PATIENCE = 60


class Editor(threading.Thread):
    """Uploads, over sessions that are resumed, until it is over. Who gets no answer sends again."""

    def __init__(self, storm, person, identity):
        super().__init__()
        self.storm, self.person, self.identity = storm, person, identity
        self.chance = random.Random(person)
        self.context = self.session = None
        self.sent = {}  # path: all texts sent to it, as they would be stored
        self.acknowledged = {}  # path: the last text of those that was
        self.all_acknowledged = []  # (path, text)
        self.tries = self.resumed = 0
        self.failure = None

    def run(self):
        try:
            number = 0
            while self.storm.wants_more():
                number += 1
                self.upload(number)
        except Exception as failure:
            self.failure = failure
            self.storm.is_over.set()

    def upload(self, number):
        title = f"{self.person.title()} {number}"
        body = "".join(f"Line {i} of {title}.\n" for i in range(self.chance.choice([1, 40, 2000])))
        updated = f"2025-06-14T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}"
        head = [f"title = {title}", "date = 2025-06-13", f"updated = {updated}"]
        text = "\n".join(["---", *head, "---", f"Begin {title}.", body + f"End of {title}.", ""])
        who = [f"author = {self.person.title()}", f"editor = {self.person}"]
        stored = "\n".join(["---", *head, *who, "---", *text.split("\n")[5:]])
        target, path = self.choose(number, title)
        if path is not None:
            self.sent.setdefault(path, []).append(stored)
        answer = self.send(target, text.encode())
        if path is None:  # made by the server
            path = answer.meta.removeprefix(f"gemini://{HOST}:{self.storm.server.port}")
            path = path.removeprefix("/desk/preview")
            self.sent.setdefault(path, []).append(stored)
        self.acknowledged[path] = stored
        self.all_acknowledged.append((path, stored))
        self.storm.count()

    def choose(self, number, title):
        """Where to, and the path it is stored at; None if that is made for it."""
        folder = "/drafts/" if PEOPLE[self.person] == "contributor" else "/articles/"
        if number % 3 == 0:
            return folder, None
        path = f"{folder}{self.person}-{number % PATHS}.gmi"
        return path, path

    def send(self, target, body):
        end = time.monotonic() + PATIENCE
        while True:
            self.tries += 1
            answer = self.try_once(target, body)
            if answer is not None and answer.status == 30:
                assert answer.is_closed
                return answer
            if self.storm.is_strict or (answer is not None and answer.status not in (0, 41)):
                raise AssertionError(f"{target}: {answer and answer.raw!r}")
            assert time.monotonic() < end, f"{target}: no answer"

    def try_once(self, target, body):
        """The answer, or None if the connection was cut."""
        server = self.storm.server
        how = {"identity": self.identity, "context": self.context, "session": self.session}
        client = Client(server.address, **how)
        line = f"titan://{HOST}:{server.port}{target};size={len(body)};mime=text/gemini\r\n"
        try:
            answer = client.ask(line.encode() + body)
        except OSError:
            self.session = None
            return None
        self.context, self.session = client.context, answer.session
        self.resumed += answer.is_resumed
        return answer if answer.is_closed else None


class Reader(threading.Thread):
    """Reads what was acknowledged, and looks whether it is whole and no older than that."""

    def __init__(self, storm):
        super().__init__()
        self.storm = storm
        self.chance = random.Random(5)
        self.pages = 0
        self.failure = None

    def run(self):
        try:
            while not self.storm.is_over.is_set():
                self.read()
        except Exception as failure:
            self.failure = failure
            self.storm.is_over.set()

    def read(self):
        writers = [e for e in self.storm.editors if e.acknowledged and e.person != "carl"]
        if not writers:
            return
        editor = self.chance.choice(writers)
        path = self.chance.choice(list(editor.acknowledged))
        known = editor.sent[path].index(editor.acknowledged[path])
        server = self.storm.server
        try:
            answer = Client(server.address).ask(f"gemini://{HOST}:{server.port}{path}")
        except OSError:
            answer = None
        if answer is None or not answer.is_closed or answer.status == 41:
            assert not self.storm.is_strict, f"{path}: {answer and answer.raw[:80]}"
            return
        assert answer.status == 20, (path, answer.head)
        bodies = [text.split("---\n", 2)[2] for text in editor.sent[path][known:]]
        assert any(body.strip() in answer.text for body in bodies), (path, answer.text[:200])
        self.pages += 1


class Storm:
    def __init__(self, publication, server, identities, is_strict):
        self.publication, self.server = publication, server
        self.is_strict = is_strict  # nobody but the publisher dies: each request gets its answer
        self.is_over = threading.Event()
        self.lock = threading.Lock()
        self.done = self.strikes = 0
        self.editors = [Editor(self, person, identities[person]) for person in PEOPLE]
        self.reader = Reader(self)

    def wants_more(self):
        """Until there were enough of them, and of strikes."""
        is_enough = self.done >= UPLOADS and self.strikes > 1
        return not is_enough and not self.is_over.is_set()

    def count(self):
        with self.lock:
            self.done += 1

    def run(self, strike):
        """strike() is called again and again while everybody is at work."""
        everybody = [*self.editors, self.reader]
        for thread in everybody:
            thread.start()
        try:
            while self.wants_more():
                strike()
                self.strikes += 1
        finally:
            self.is_over.set()
            for thread in everybody:
                thread.join()
        for thread in everybody:
            if thread.failure is not None:
                raise thread.failure


@pytest.fixture
def identities(publication, identity):
    made = {person: identity(person) for person in PEOPLE}
    for person, role in PEOPLE.items():
        publication.hire(person, person.title(), role, made[person])
    return made


def history_of(publication):
    """All that was ever committed: {(path, blob): authors}."""
    told, author = {}, None
    options = ["--raw", "--no-abbrev", "--no-renames", "--format=%an <%ae>"]
    for line in publication.git("log", *options).splitlines():
        if not line.startswith(":"):
            author = line or author
            continue
        meta, path = line.split("\t")
        told.setdefault(("/" + path, meta.split()[3]), set()).add(author)
    return told


def blob_of(text):
    bytes_ = text.encode()
    return hashlib.sha1(b"blob %d\0" % len(bytes_) + bytes_).hexdigest()


def check_all_is_there(storm):
    publication, server = storm.publication, storm.server
    history = history_of(publication)
    for editor in storm.editors:
        mine = {f"{editor.person.title()} <{editor.person}@{HOST}>"}
        assert len(editor.all_acknowledged) >= UPLOADS // 20
        for path, text in editor.all_acknowledged:
            assert history.get((path, blob_of(text))) == mine, (path, text[:300])
        for path, text in editor.acknowledged.items():
            assert (publication.root / path[1:]).read_bytes() == text.encode(), path
            if path.startswith("/articles/"):
                page = server.get(path)
                assert page.status == 20 and text.split("---\n", 2)[2].strip() in page.text, path
    publication.git("fsck", "--strict")
    folders = (publication.root, publication.state)
    eventually(lambda: not [p for folder in folders for p in folder.rglob(".broadsheet-*")])


def check_nothing_is_there_twice(storm):
    acknowledged = {path for editor in storm.editors for path in editor.acknowledged}
    root = storm.publication.root
    assert {"/" + str(path.relative_to(root)) for path in root.rglob("*.gmi")} == acknowledged


def kill(pid):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def publisher_of(server):
    for process in server.status()["processes"]:
        if process["role"] == "publisher":
            return process["pid"]
    return None


def test_uploads_outlive_publishers(publication, identities, serve):
    """Nobody notices: each upload is answered, and done once."""
    storm = Storm(publication, serve(publication), identities, is_strict=True)
    chance = random.Random(6)
    killed = []

    def strike():
        # Who dies within its first second is restarted with a pause that grows: up to then, wait.
        storm.is_over.wait(chance.uniform(1.1, 1.5))
        with contextlib.suppress(AssertionError):  # there may be none to ask
            killed.append(publisher_of(storm.server))
            kill(killed[-1])

    storm.run(strike)
    assert len(set(killed)) > 1 and storm.reader.pages > 20
    assert sum(editor.resumed for editor in storm.editors) > UPLOADS // 2
    check_all_is_there(storm)
    check_nothing_is_there_twice(storm)


def test_uploads_outlive_any_process_and_all_of_them(publication, identities, serve):
    """Who was cut off sends again."""
    storm = Storm(publication, serve(publication), identities, is_strict=False)
    chance = random.Random(7)
    starts = []

    def strike():
        storm.is_over.wait(chance.uniform(0.3, 1.5))
        if chance.random() < 0.6:
            kill(chance.choice(storm.server.children()))
            return
        children = storm.server.children()
        storm.server.kill()
        if chance.random() < 0.5:  # else they notice by themselves
            for child in children:
                kill(child)
        storm.server = serve(publication, is_printed=False)
        starts.append(storm.server)

    storm.run(strike)
    assert starts and storm.reader.pages > 20
    check_all_is_there(storm)
