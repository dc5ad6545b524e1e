"""Single requests and their answers, byte for byte on the wire."""

import shutil
import socket
import ssl
import tempfile

import pytest

from gemini import PATIENCE
from publication import Publication, Server


@pytest.fixture(scope="module")
def place():
    """One server for all rows: they change nothing."""
    folder = tempfile.mkdtemp(prefix="broadsheet-")
    publication = Publication(folder)
    publication.file("index.gmi", "# Front\n")
    publication.article("articles/index.gmi", "Articles")
    publication.article("articles/one.gmi", "One")
    publication.sections["limits"]["request-timeout"] = 6
    publication.prepare()
    server = Server(publication)
    server.wait_until_printed()
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def padded(length):
    """A URI of that many bytes."""
    start = b"gemini://example.org/"
    return start + b"0" * (length - len(start))


E = b"gemini://example.org"

# (what is asked, the status, or several that will do; the META where it is fixed)
ROWS = [
    ("front page", E + b"/", 20, "text/gemini; charset=utf-8; lang=en"),
    ("no path", E, 20, "text/gemini; charset=utf-8; lang=en"),
    ("empty port", E + b":/", 20),
    ("article", E + b"/articles/one.gmi", 20),
    ("folder without its slash", E + b"/articles", 31, "/articles/"),
    ("the same with a query", E + b"/articles?x=%2F", 31, "/articles/?x=%2F"),
    ("folder", E + b"/articles/", 20),
    ("file as if a folder", E + b"/articles/one.gmi/", 51),
    ("nothing there", E + b"/nope", 51),
    ("query on a page", E + b"/articles/one.gmi?q=a%20b", 20),
    ("empty query", E + b"/?", 20),
    ("scheme in capitals", b"GEMINI://example.org/", 20),
    ("host in capitals", b"gemini://EXAMPLE.ORG/", 20),
    ("host with its final dot", b"gemini://example.org./", 20),
    ("host with two", b"gemini://example.org../", (53, 59)),
    ("host percent-encoded", b"gemini://ex%61mple.org/", (53, 59)),
    ("host in UTF-8", "gemini://exämple.org/".encode(), 53),
    ("another host", b"gemini://wikipedia.org/", 53),
    ("a host below ours", b"gemini://www.example.org/", 53),
    ("another port", E + b":443/", 53),
    ("port 0", E + b":0/", 53),
    ("port too large", E + b":65536/", 59),
    ("port with a letter", E + b":19x5/", 59),
    ("port with a plus", E + b":+1965/", 59),
    ("port with a minus", E + b":-1/", 59),
    ("IPv4 address", b"gemini://127.0.0.1/", 53),
    ("IPv6 address", b"gemini://[::1]/", 53),
    ("bracket left open", b"gemini://[::1/", 59),
    ("IPv6 without brackets", b"gemini://::1/", 59),
    ("http", b"http://example.org/", 53),
    ("https", b"https://example.org/", 53),
    ("gopher", b"gopher://example.org/", 53),
    ("mailto", b"mailto:a@example.org", 59),
    ("no slashes", b"gemini:example.org/", 59),
    ("one slash", b"gemini:/articles/", 59),
    ("empty host", b"gemini:///articles/", 59),
    ("no scheme", b"//example.org/", 59),
    ("host alone", b"example.org/", 59),
    ("path alone", b"/", 59),
    ("prose", b"Hello Gemini!", 59),
    ("empty line", b"", 59),
    ("scheme alone", b"gemini://", 59),
    ("user", b"gemini://user@example.org/", 59),
    ("user and password", b"gemini://user:pw@example.org/", 59),
    ("empty user", b"gemini://@example.org/", 59),
    ("fragment", E + b"/#x", 59),
    ("empty fragment", E + b"/#", 59),
    ("encoded number sign", E + b"/%23x", 51),
    ("byte order mark", b"\xef\xbb\xbf" + E + b"/", 59),
    ("blank in front", b" " + E + b"/", 59),
    ("blank behind", E + b"/ ", 59),
    ("above the root", E + b"/../../", 59),
    ("above and back", E + b"/../articles/", 59),
    ("up to the root", E + b"/articles/../", 20),
    ("dots that stay", E + b"/./articles/./one.gmi", 20),
    ("encoded dots", E + b"/%2e%2e/%2E%2E/etc/passwd", 59),
    ("dots, encoded slashes", E + b"/..%2f..%2fetc%2fpasswd", 59),
    ("decoded once only", E + b"/%252e%252e/", 51),
    ("encoded slash", E + b"/articles%2fone.gmi", 59),
    ("backslashes", E + b"/..\\..\\etc", 59),
    ("encoded backslashes", E + b"/%5c..%5c", 59),
    ("encoded NUL", E + b"/articles/one.gmi%00.png", 59),
    ("raw NUL", E + b"/a\x00b", 59),
    ("encoded line end", E + b"/%0d%0a20%20text/plain", 59),
    ("escape of letters", E + b"/%zz", 59),
    ("bare percent", E + b"/%", 59),
    ("half an escape", E + b"/%4", 59),
    ("invalid UTF-8", E + b"/\xdc", 59),
    ("overlong UTF-8", E + b"/\xc0\xae\xc0\xae/", 59),
    ("overlong, encoded", E + b"/%c0%ae%c0%ae/", 59),
    ("surrogate", E + b"/%ed%a0%80", 59),
    ("raw UTF-8", E + "/é".encode(), 51),
    ("encoded UTF-8", E + b"/%C3%A9", 51),
    ("empty segment", E + b"//articles/one.gmi", 51),
    ("two slashes", E + b"//", 51),
    ("hidden folder", E + b"/.git/config", 51),
    ("hidden, encoded", E + b"/%2egit/", 51),
    ("well known, but absent", E + b"/.well-known/security.txt", 51),
    ("1024 bytes", padded(1024), 51),
    ("1025 bytes", padded(1025), 59),
    ("CR before CRLF", E + b"/\r", 59),
    ("LF before CRLF", E + b"/\n", 59),
    ("HTTP over TLS", b"GET / HTTP/1.1", 59),
    ("semicolon", E + b"/articles/one.gmi;size=3", 51),
]


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_one_line_gets_its_answer(place, row):
    _, line, statuses, *meta = row
    answer = place.client().ask(line + b"\r\n")
    statuses = statuses if isinstance(statuses, tuple) else (statuses,)
    assert answer.status in statuses, answer.raw[:200]
    assert answer.is_closed and not answer.is_reset
    head, line_end, body = answer.raw.partition(b"\r\n")
    assert line_end and head[2:3] == b" " and len(head) > 3 and head[3:4] != b" "
    assert not any(byte < 0x20 or byte == 0x7F for byte in head)
    assert (body != b"") == (answer.status == 20)
    if meta:
        assert answer.meta == meta[0]


def test_own_port_may_be_written(place):
    assert place.client().ask(f"gemini://example.org:{place.port}/").status == 20


def test_empty_path_is_the_front_page(place):
    assert place.client().ask(E + b"\r\n").raw == place.client().ask(E + b"/\r\n").raw


def test_line_without_end_is_refused_at_once(place):
    with place.client().connect() as connection:
        connection.handshake()
        connection.send(padded(5000))
        answer = connection.receive()
    assert answer.status == 59 and answer.is_closed


@pytest.mark.parametrize("end", [b"\n", b"\r"], ids=["LF", "CR"])
def test_other_line_ends_are_met_with_silence(place, end):
    with place.client().connect() as connection:
        connection.handshake()
        connection.send(E + b"/" + end)
        answer = connection.receive()
    assert answer.raw == b"" and not answer.is_closed


def test_request_may_come_a_byte_at_a_time(place):
    with place.client().connect() as connection:
        connection.handshake()
        for byte in E + b"/\r\n":
            connection.send(bytes([byte]))
        assert connection.receive().status == 20


def test_second_request_is_ignored(place):
    answer = place.client().ask(E + b"/\r\n" + E + b"/nope\r\n")
    assert answer.status == 20 and answer.body == b"# Front\n"


def test_answer_survives_a_megabyte_of_junk(place):
    answer = place.client().ask(E + b"/\r\n" + b"x" * (1 << 20))
    assert answer.status == 20 and answer.body == b"# Front\n" and answer.is_closed


def test_half_closed_connection_is_answered(place):
    with place.client().connect() as connection:
        connection.handshake()
        connection.send(E + b"/\r\n")
        connection.finish_writing()
        answer = connection.receive()
    assert answer.status == 20 and answer.is_closed


def test_plain_text_gets_no_byte(place):
    with socket.create_connection(place.address, timeout=PATIENCE) as plain:
        plain.sendall(E + b"/\r\n")
        try:
            assert plain.recv(100) == b""
        except ConnectionResetError:
            pass


def test_no_server_name_is_no_hindrance(place):
    assert place.client(sni=None).ask(E + b"/\r\n").status == 20


def test_interleaved_connections_do_not_disturb(place):
    with place.client().connect() as slow:
        slow.handshake()
        slow.send(b"g")
        with place.client().connect() as quick:
            quick.handshake()
            quick.send(E + b"/\r\n")
        slow.send(E[1:] + b"/\r\n")
        assert slow.receive().status == 20


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_answers_do_not_depend_on_the_version_of_tls(place, version):
    answer = place.client(version=version).ask(E + b"/\r\n")
    assert answer.status == 20 and answer.is_closed
    assert answer.version == version.name.replace("_", ".")


def test_server_does_not_wait_for_our_close_notify(place):
    with place.client().connect() as connection:
        connection.handshake()
        connection.send(E + b"/\r\n")
        answer = connection.receive(at_most=1 << 20)  # to its end, and says no goodbye
        assert answer.is_closed
        while connection.feed():  # the end of TCP comes as well
            pass
        assert not answer.is_reset
