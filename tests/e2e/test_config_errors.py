"""Mistakes in the ini file: told with file and line, and nothing is started."""

import pytest

from publication import run


@pytest.mark.parametrize("verb", ["serve", "check"])
def test_all_mistakes_are_told_and_nothing_is_started(publication, verb):
    publication.prepare()
    text = publication.ini.read_text() + "titan-delet = no\n[nonsense]\n"
    publication.ini.write_text(text)
    lines = text.count("\n")
    done = run(verb, "-c", "broadsheet.ini", cwd=publication.folder)
    assert done.returncode == 2
    assert done.stdout == ""
    told = done.stderr.splitlines()
    assert len(told) == 2
    assert told[0].startswith(f"broadsheet.ini:{lines - 1}: ")
    assert 'titan-delet = no: unknown key, did you mean "titan-delete"?' in told[0]
    assert told[1].startswith(f"broadsheet.ini:{lines}: [nonsense]: unknown section")
    assert not publication.state.exists()


@pytest.mark.parametrize("missing", ["example.org.crt", "example.org.key", "capsule"])
def test_a_missing_file_is_told_at_the_line_of_its_key(publication, missing):
    publication.prepare()
    (publication.folder / missing).rename(publication.folder / "elsewhere")
    text = publication.ini.read_text().splitlines()
    line = next(n for n, one in enumerate(text, 1) if one.endswith(f"= {missing}"))
    done = run("serve", "-c", publication.ini)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{publication.ini}:{line}: [capsule example.org] ")
    assert f"{publication.folder}/{missing}: No such file or directory" in done.stderr


# Values that are well written, but that this system does not bear out.
UNFIT = {
    "user": ("server", "nobody-of-that-name", "the name of a user of this system"),
    "state": ("server", "broadsheet.ini", "a folder"),
    "access": ("log", "no-such-folder/access.log", "a file in a folder that is there"),
}


@pytest.mark.parametrize("key", UNFIT)
@pytest.mark.parametrize("verb", ["serve", "check"])
def test_a_value_that_this_system_does_not_know_is_told_at_its_line(publication, verb, key):
    section, value, expected = UNFIT[key]
    publication.sections[section][key] = value
    publication.prepare()
    line = publication.ini.read_text().splitlines().index(f"{key} = {value}") + 1
    done = run(verb, "-c", publication.ini)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{publication.ini}:{line}: [{section}] {key} = {value}: ")
    assert expected in done.stderr
    assert done.stderr.count("\n") == 1


SPOILT = {
    "certificate": ("example.org.crt", b"no PEM", "expected a certificate in PEM"),
    "key": ("example.org.key", b"no PEM", "expected a private key in PEM"),
    "key of another": ("example.org.key", None, "not the key of the certificate"),
    "authority": ("authority.crt", b"no PEM", "expected its root certificate"),
}


@pytest.mark.parametrize("what", SPOILT)
@pytest.mark.parametrize("verb", ["serve", "check"])
def test_a_spoilt_certificate_is_told_at_its_section(publication, verb, what, identity):
    name, content, reason = SPOILT[what]
    section = "capsule example.org"
    if what == "authority":
        section = "zone example.org/members/"
        publication.sections[section] = {"require": "authority", "authority": name}
    publication.prepare()
    content = identity("other")[1].read_bytes() if content is None else content
    (publication.folder / name).write_bytes(content)
    line = publication.ini.read_text().splitlines().index(f"[{section}]") + 1
    done = run(verb, "-c", publication.ini)
    assert done.returncode == 2
    assert done.stderr.startswith(f"{publication.ini}:{line}: [{section}]")
    assert reason in done.stderr
    assert done.stderr.count("\n") == 1
    assert not publication.state.exists()


def test_the_access_log_is_no_folder(publication):
    publication.sections["log"]["access"] = "capsule"
    publication.prepare()
    assert run("serve", "-c", publication.ini).returncode == 2


def test_a_wrong_file_is_told_by_its_name(folder):
    for path in ("no/such.ini", str(folder)):
        done = run("serve", "-c", path)
        assert done.returncode == 2
        assert done.stderr.startswith(f"{path}: ")
        assert done.stderr.count("\n") == 1


def test_bytes_of_the_file_cannot_play_with_the_terminal(publication):
    publication.prepare()
    with publication.ini.open("ab") as ini:
        ini.write(b"[\xc2\x9b31m]\n")
    done = run("check", "-c", publication.ini)
    assert done.returncode == 2
    assert "\x9b" not in done.stderr and "\x1b" not in done.stderr
