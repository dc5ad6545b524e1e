"""The body of an upload: cut, slow, too long, refused while it is being sent, and what becomes of it
when a process dies."""

import os
import signal
import threading

import pytest

from gemini import Client
from publication import HOST, eventually
from test_titan import ARTICLE, put, stored

LONG = 6 * 1024 * 1024


@pytest.fixture
def narrow_limits(publication):
    publication.sections["limits"].update({"request-timeout": "1", "upload-size": "1M"})


@pytest.fixture
def desk(narrow_limits, desk):
    return desk


def begin(server, identity, path="/articles/n.gmi", size=len(ARTICLE), body=b""):
    """A connection over which an upload was begun."""
    connection = Client(server.address, identity=identity).connect()
    connection.handshake()
    connection.send(f"titan://{HOST}{path};size={size}\r\n".encode() + body)
    return connection


def pids(server, role):
    return [p["pid"] for p in server.status()["processes"] if p["role"] == role]


def test_a_body_comes_in_pieces_cut_at_every_byte(desk, heidi, publication):
    for cut in range(len(ARTICLE) + 1):
        path = f"/articles/cut-{cut}.gmi"
        with begin(desk, heidi, path, body=ARTICLE[:cut]) as connection:
            connection.send(ARTICLE[cut:])
            answer = connection.receive()
        assert answer.status == 30 and answer.is_closed, cut
        assert b"The text." in stored(publication, path[1:])


@pytest.mark.parametrize("ends", ["FIN", "close_notify"])
def test_a_body_cut_short_at_any_byte_changes_nothing(desk, heidi, publication, ends):
    for length in range(len(ARTICLE)):
        with begin(desk, heidi, body=ARTICLE[:length]) as connection:
            if ends == "close_notify":
                connection._say_goodbye()
            connection.finish_writing()
            answer = connection.receive()
        assert answer.status in (0, 59), answer.head
        assert answer.status == 59 or ends == "close_notify"
        assert stored(publication, "articles/n.gmi") is None
    assert put(desk, heidi, "/articles/n.gmi").status == 30


def test_a_body_that_stops_is_given_up_without_a_word(desk, heidi, publication):
    with begin(desk, heidi, body=ARTICLE[:5]) as connection:
        answer = connection.receive()
    assert answer.raw == b"" and not answer.is_closed and not answer.is_reset
    assert stored(publication, "articles/n.gmi") is None


@pytest.mark.parametrize("surplus", [1, 3, 40000])
def test_more_than_the_size_says_changes_nothing(desk, heidi, publication, surplus):
    with begin(desk, heidi, body=ARTICLE + surplus * b"x") as connection:
        answer = connection.receive()
    assert answer.status == 59 and answer.is_closed
    assert stored(publication, "articles/n.gmi") is None


def test_a_body_that_ends_with_the_connection_is_whole(desk, heidi):
    with begin(desk, heidi, body=ARTICLE) as connection:
        connection.finish_writing()
        assert connection.receive().status == 30


def test_a_refusal_is_read_by_who_sends_on_and_by_who_reads_at_the_end(desk, heidi, identity):
    """Whole bodies of 6 MB are sent to a server that has refused them at their first line."""
    for who, status in ((heidi, 50), (None, 60), (identity("stranger"), 61)):
        with begin(desk, who, size=LONG) as connection:
            chunk = 64 * 1024 * b"x"
            for _ in range(LONG // len(chunk)):
                connection.send(chunk)
            answer = connection.receive()
        assert answer.status == status and answer.is_closed and not answer.is_reset


def test_the_slow_bodies_of_one_editor_leave_room_for_others(publication, heidi, identity, serve):
    ida = identity("ida")
    publication.hire("ida", "Ida", "editor", ida)
    publication.sections["limits"].update({"upload-size": "8M"})
    server = serve(publication)
    large = 8 * 1024 * 1024
    slow = [begin(server, heidi, f"/articles/slow-{n}.gmi", size=large) for n in range(16)]
    try:
        answer = eventually(lambda: (a := put(server, heidi, "/articles/x.gmi")).status == 41 and a)
        assert answer.meta.startswith("Wait until your other uploads are done")
        assert put(server, ida, "/articles/y.gmi").status == 30
    finally:
        for connection in slow:
            connection.close()
    eventually(lambda: put(server, heidi, "/articles/z.gmi").status == 30)


def test_slow_bodies_hold_up_nobody(patient, heidi):
    """More of them than there are workers, and readers and editors are served as ever."""
    slow = [begin(patient, heidi, f"/articles/slow-{n}.gmi", body=b"#") for n in range(20)]
    try:
        assert put(patient, heidi, "/articles/quick.gmi").status == 30
        assert patient.get("/articles/one.gmi").status == 20
        for connection in slow:
            connection.send(ARTICLE[1:])
        assert [connection.receive().status for connection in slow] == 20 * [30]
    finally:
        for connection in slow:
            connection.close()


# --- processes that die ---


@pytest.fixture
def patient(heidi, server):
    """A server that waits for bodies."""
    return server


def test_a_publisher_killed_in_the_body_is_followed_by_one_that_answers(patient, heidi, publication):
    with begin(patient, heidi, body=ARTICLE[:5]) as connection:
        publisher = pids(patient, "publisher")[0]
        os.kill(publisher, signal.SIGKILL)
        connection.send(ARTICLE[5:])
        assert connection.receive().status == 30
    assert b"The text." in stored(publication, "articles/n.gmi")


def test_a_publisher_killed_while_it_is_asked_is_followed_by_one_that_answers(
    patient, heidi, publication
):
    """It is stopped first, so that the questions surely wait in its channel."""
    publisher = pids(patient, "publisher")[0]
    os.kill(publisher, signal.SIGSTOP)
    answers = {}

    def send(n):
        answers[n] = put(patient, heidi, f"/articles/{n}.gmi", b"# Title\n\nText %d.\n" % n)

    threads = [threading.Thread(target=send, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    os.kill(publisher, signal.SIGKILL)
    for thread in threads:
        thread.join()
    assert [answers[n].status for n in range(8)] == 8 * [30]
    for n in range(8):
        assert b"Text %d." % n in stored(publication, f"articles/{n}.gmi")


def test_a_publisher_that_does_not_answer_is_not_waited_for_long(patient, heidi, publication):
    publisher = pids(patient, "publisher")[0]
    os.kill(publisher, signal.SIGSTOP)
    try:
        answer = put(patient, heidi, "/articles/n.gmi")
        assert answer.status == 41 and answer.meta.startswith("Try again soon")
        assert patient.get("/articles/one.gmi").status == 20
    finally:
        os.kill(publisher, signal.SIGCONT)
    assert put(patient, heidi, "/articles/later.gmi").status == 30
    assert stored(publication, "articles/n.gmi") is None


def test_who_gets_no_answer_is_told_that_the_text_may_have_been_saved(
    publication, heidi, serve
):
    """The publisher stops when the body may come, and goes on when nobody waits any more."""
    publication.sections["server"]["workers"] = "1"
    server = serve(publication)
    publisher = pids(server, "publisher")[0]
    with begin(server, heidi, body=ARTICLE[:5]) as connection:
        # Asked after it, of the same worker, and answered after it: the body may come now.
        assert server.get("/desk/", identity=heidi).status == 20
        os.kill(publisher, signal.SIGSTOP)
        try:
            connection.send(ARTICLE[5:])
            answer = connection.receive()
        finally:
            os.kill(publisher, signal.SIGCONT)
    assert answer.status == 41 and answer.meta.startswith("No answer yet"), answer.head
    assert "may have been saved" in answer.meta and "/desk/" in answer.meta
    assert b"The text." in eventually(lambda: stored(publication, "articles/n.gmi"))


def test_a_worker_killed_in_the_body_takes_nothing_else_along(patient, heidi, publication):
    with begin(patient, heidi, body=ARTICLE[:5]) as connection:
        workers = pids(patient, "worker")
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        connection.receive()
    eventually(lambda: not set(workers) & set(pids(patient, "worker")), what="other workers")
    assert stored(publication, "articles/n.gmi") is None
    assert put(patient, heidi, "/articles/n.gmi").status == 30


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGUSR2])
def test_an_upload_outlives_the_generation_that_began_it(patient, heidi, publication, number):
    with begin(patient, heidi, body=ARTICLE[:5]) as connection:
        patient.signal(number)
        patient.wait_for_log("generation 2 is serving")
        eventually(lambda: patient.get("/articles/one.gmi").status == 20)
        connection.send(ARTICLE[5:])
        answer = connection.receive()
    assert answer.status == 30, answer.head
    assert b"The text." in stored(publication, "articles/n.gmi")
