"""How one becomes an editor: an invitation code, a certificate, and /welcome."""

import hashlib
import re
import subprocess
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

import pytest

from publication import eventually, run

CODE = "abcdefghijklmnopqrstuvwx23"
KEYS = {
    "RSA-2048, as Lagrange makes them": ["-newkey", "rsa:2048"],
    "P-256": ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "Ed25519": ["-newkey", "ed25519"],
}


def fingerprint(identity):
    certificate, _ = identity
    words = ["openssl", "x509", "-in", str(certificate), "-outform", "DER"]
    der = subprocess.run(words, check=True, capture_output=True).stdout
    return hashlib.sha256(der).hexdigest()


def invite(server, code=CODE, who="ida", role="author"):
    """An invitation as `broadsheet editor invite` leaves it in the state folder."""
    end = datetime.now(timezone.utc) + timedelta(days=7)
    digest = hashlib.sha256(code.encode()).hexdigest()
    (server.publication.state / "invitations" / digest).write_text(
        f"[invitation {who}]\nname = Ida Löw\nrole = {role}\ncapsule = example.org\n"
        f"expires = {end:%Y-%m-%dT%H:%M:%SZ}\n"
    )


def ask(server, identity, path):
    return server.get(path, identity=identity)


def join(server, identity, code=CODE):
    return ask(server, identity, f"/desk/join?{quote(code)}")


@pytest.mark.parametrize("key", KEYS)
def test_a_code_makes_an_editor_of_a_certificate(server, identity, key):
    ida = identity("ida", kind=KEYS[key])
    invite(server)
    assert ask(server, ida, "/desk/join").head == "11 Invitation code"
    assert join(server, ida).head == f"30 gemini://example.org:{server.port}/welcome"
    welcome = ask(server, ida, "/welcome")
    assert welcome.status == 20
    assert welcome.text.startswith("# Welcome, Ida Löw\n")
    assert "=> /desk/ " in welcome.text
    devices = ask(server, ida, "/desk/devices")
    assert f"=> /desk/devices/{fingerprint(ida)} " in devices.text


def test_the_text_to_send_lets_one_in(server, identity):
    ini, ida = server.publication.ini, identity("ida")
    done = run("editor", "invite", "ida", "Ida Löw", "editor", "-c", ini)
    assert done.returncode == 0, done.stderr
    (code,) = re.findall(r"(?<!\S)[A-Za-z0-9_-]{20,}(?!\S)", done.stdout)
    assert "invited, open until" in run("editor", "list", "-c", ini).stdout
    assert join(server, ida, code).status == 30
    assert ask(server, ida, "/desk/devices").status == 20
    assert "ida  editor  Ida Löw" in run("editor", "list", "-c", ini).stdout
    assert run("editor", "remove", "ida", "-c", ini).returncode == 0
    assert ask(server, ida, "/desk/devices").status == 61


def test_a_code_is_good_once(server, identity):
    ida, other = identity("ida"), identity("other")
    invite(server)
    assert join(server, ida).status == 30
    assert join(server, other).status == 50
    assert join(server, ida).status == 30  # sent twice: it is hers already
    assert ask(server, other, "/desk/devices").status == 61


def test_a_code_may_be_typed_in_capitals_and_with_blanks(server, identity):
    invite(server)
    typed = " ".join(CODE[i : i + 4].upper() for i in range(0, len(CODE), 4))
    assert join(server, identity("ida"), typed).status == 30


def test_without_a_certificate_nobody_joins(server):
    invite(server)
    assert server.get("/desk/join").status == 60
    assert server.get(f"/desk/join?{CODE}").status == 60


def test_an_old_certificate_does_not_join(server, expired_identity):
    invite(server)
    assert join(server, expired_identity).status == 62


def test_a_stranger_is_told_how_to_join(server, identity):
    stranger = identity("stranger")
    page = ask(server, stranger, "/desk/")
    assert page.status == 20
    assert fingerprint(stranger) in page.text
    assert "=> /desk/join " in page.text
    assert "[editor YOUR-ID]" in page.text


def test_a_certificates_own_words_are_not_shown(server, identity):
    stranger = identity("stranger", "-subj", "/CN==> gemini:\\/\\/evil.example\\/ click")
    assert "evil" not in ask(server, stranger, "/desk/").text
    invite(server)
    assert join(server, stranger).status == 30
    for page in ["/welcome", "/desk/devices"]:
        assert "evil" not in ask(server, stranger, page).text


def test_wrong_codes_make_one_wait(server, identity):
    stranger = identity("stranger")
    invite(server)
    for _ in range(5):
        assert join(server, stranger, "wrong").status == 50
    answer = join(server, stranger)
    assert answer.status == 44
    assert answer.meta.isdigit()
    assert join(server, identity("ida")).status == 30  # others need not wait


def test_an_identity_that_works_on_one_page_only_is_told_so(server, identity):
    narrow, whole = identity("narrow"), identity("whole")
    invite(server)
    assert join(server, narrow).status == 30
    page = server.get("/welcome")
    assert page.status == 20
    assert "Use on This Page" in page.text
    assert join(server, whole).status == 30  # the same code, once more
    assert ask(server, whole, "/welcome").text.startswith("# Welcome, Ida")
    assert ask(server, narrow, "/desk/devices").status == 61
    server.get("/welcome")
    assert join(server, narrow).status == 50


def test_a_code_outlives_a_restart_and_so_does_who_joined(publication, serve, identity):
    ida, late = identity("ida"), identity("late")
    server = serve(publication)
    invite(server)
    invite(server, "b" * 26, "otto", "contributor")
    assert join(server, ida).status == 30
    server.stop()
    server = serve(publication)
    assert ask(server, ida, "/desk/devices").status == 20
    assert join(server, late).status == 50
    assert join(server, late, "b" * 26).status == 30


def test_a_file_taken_away_by_hand_lets_nobody_in(server, identity):
    ida = identity("ida")
    invite(server)
    assert join(server, ida).status == 30
    (server.publication.state / "editors" / "ida.ini").unlink()
    eventually(lambda: ask(server, ida, "/desk/devices").status == 61)


def test_a_file_put_there_by_hand_lets_somebody_in_at_once(server, identity):
    ida = identity("ida")
    assert ask(server, ida, "/desk/devices").status == 61
    (server.publication.state / "editors" / "ida.ini").write_text(
        f"[editor ida]\nname = Ida\nrole = author\nfingerprint = {fingerprint(ida)}\n"
    )

    def is_let_in():
        # Workers turn strangers away by themselves, and the publisher looks at the folder some
        # seconds after it last had something to do: that moment never comes.
        server.publication.article("articles/busy.gmi", "Busy")
        return ask(server, ida, "/desk/devices").status == 20

    eventually(is_let_in)


def do(server, identity, page):
    """Says yes to the one deed of a page."""
    link = re.search(r"=> (/desk/do/\w+) ", page.text).group(1)
    question = ask(server, identity, link)
    assert question.status == 10
    assert question.meta.startswith("Type yes to ")
    assert ask(server, identity, f"{link}?no").status in (20, 30)
    return ask(server, identity, f"{link}?yes")


def test_a_device_lets_another_one_in_and_removes_it(server, identity):
    first, second = identity("first"), identity("second")
    invite(server)
    assert join(server, first).status == 30
    shown = do(server, first, ask(server, first, "/desk/devices/add"))
    code = re.search(r"^[a-z2-7]{26}$", shown.text, re.MULTILINE).group()
    assert join(server, second, code).status == 30
    assert fingerprint(second) in ask(server, second, "/desk/devices").text
    page = ask(server, first, f"/desk/devices/{fingerprint(second)}")
    assert do(server, first, page).text.startswith("# Removed\n")
    assert ask(server, second, "/desk/devices").status == 61
    log = server.read_log()
    assert code not in log and "/desk/do/-" in log


def test_a_code_is_not_logged(server, identity):
    ida = identity("ida")
    invite(server)
    assert join(server, ida).status == 30
    assert CODE not in server.read_log()
