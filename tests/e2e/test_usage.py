"""The command line: verbs, options, and what is said of a wrong one."""

import pytest

from publication import run

VERBS = ["serve", "check", "new", "cert", "import", "reprint", "status"]


def test_help_is_answered_on_standard_output():
    done = run("--help")
    assert done.returncode == 0
    assert done.stderr == ""
    assert all(f"\n  {verb} " in done.stdout for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_each_verb_has_help_of_its_own(verb):
    for words in ([verb, "--help"], [verb, "-c", "no/such.ini", "--help"], [verb, "-h"]):
        done = run(*words)
        assert done.returncode == 0, done.stderr
        assert done.stderr == ""
        assert done.stdout.startswith(f"usage: broadsheet {verb}")


def test_version_is_one_line():
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("broadsheet ") and done.stdout.count("\n") == 1


def test_no_verb_is_a_mistake():
    done = run()
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("usage: broadsheet VERB")


def test_an_unknown_verb_is_named_with_a_near_one():
    done = run("chekc")
    assert done.returncode == 2
    assert "unknown verb: chekc (did you mean check?)" in done.stderr
    assert "usage: broadsheet VERB" in done.stderr


@pytest.mark.parametrize(
    "words, said",
    [
        (["check", "--confg", "x"], "unknown option: --confg (did you mean --config?)"),
        (["cert", "new", "x", "--if-mising"], "(did you mean --if-missing?)"),
        (["status", "--jsn"], "(did you mean --json?)"),
        (["check", "-c"], "-c needs a value"),
        (["check", "everything"], "one word too many: everything"),
        (["cert", "new"], "HOST is missing"),
        (["cert", "renew"], "HOST is missing"),
        (["cert", "show"], "FILE is missing"),
        (["cert"], "new, renew or show is missing"),
        (["cert", "mak"], "mak: expected new, renew or show"),
        (["cert", "make", "x"], "make: expected new, renew or show"),
        (["new"], "HOST is missing"),
        (["new", "a_b"], "a_b: expected a host name"),
    ],
)
def test_mistakes_are_named_and_the_usage_is_shown(words, said):
    done = run(*words)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stdout == ""


def test_options_may_stand_anywhere(publication):
    publication.prepare()
    certificate = publication.folder / "example.org.crt"
    for words in (
        ["cert", "-c", publication.ini, "new", "example.org", "--if-missing"],
        ["cert", "--if-missing", "new", "-c", publication.ini, "example.org"],
        ["cert", "new", f"--config={publication.ini}", "example.org", "--if-missing"],
        ["cert", "show", "--", certificate],
    ):
        assert run(*words).returncode == 0, words


def test_without_an_ini_file_we_say_where_we_looked(folder):
    done = run("check", cwd=folder)
    assert done.returncode == 2
    assert "conf/broadsheet.ini" in done.stderr


def test_the_ini_file_is_looked_for_in_conf(publication):
    publication.prepare()
    text = publication.ini.read_text().replace(" = capsule", " = ../capsule")
    (publication.folder / "conf").mkdir()
    for kind in ("crt", "key"):
        text = text.replace(f"= example.org.{kind}", f"= ../example.org.{kind}")
    (publication.folder / "conf" / "broadsheet.ini").write_text(text)
    assert run("check", cwd=publication.folder).returncode == 0
