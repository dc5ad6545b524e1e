"""`new`: a publication that works as it is, and nothing overwritten."""

import os
import shlex
import stat

from publication import Publication, Server, run


def listing(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def commands(output):
    return [line.strip() for line in output.splitlines() if line.startswith("  ")]


def test_new_lays_out_a_publication(folder):
    done = run("new", "Example.org", cwd=folder)
    assert done.returncode == 0, done.stderr
    made = folder / "example.org"
    files = [name for name in listing(made) if (made / name).is_file()]
    assert files == [
        "capsule/articles/welcome.gmi",
        "certs/example.org.crt",
        "certs/example.org.key",
        "conf/broadsheet.ini",
    ]
    assert stat.S_IMODE((made / "certs/example.org.key").stat().st_mode) == 0o600


def test_its_commands_work_as_they_are_printed(folder):
    made = folder / "it's a paper"
    check, serve, add = commands(run("new", "example.org", made).stdout)
    assert os.system(f"{check} >/dev/null") == 0
    ini = made / "conf/broadsheet.ini"
    ini.write_text(ini.read_text().replace("[server]\n", "[server]\nlisten = 127.0.0.1:0\n"))
    publication = Publication(folder / "other")
    publication.ini, publication.log = ini, folder / "server.log"
    server = Server(publication, command=shlex.split(serve))
    try:
        server.expect("/", holding="Welcome")
        assert os.system(add) == 0
        server.expect("/articles/second.gmi", holding="Welcome")
    finally:
        server.stop()
    assert (made / "var").is_dir()


def test_new_never_overwrites_and_then_writes_nothing(folder):
    for name in (
        "capsule/articles/welcome.gmi",
        "certs/example.org.crt",
        "certs/example.org.key",
        "conf/broadsheet.ini",
    ):
        made = folder / name.replace("/", "-")
        (made / name).parent.mkdir(parents=True)
        (made / name).write_text("precious")
        before = listing(made)
        done = run("new", "example.org", made)
        assert done.returncode == 1
        assert f"{made / name}: already there" in done.stderr
        assert listing(made) == before
        assert (made / name).read_text() == "precious"


def test_new_takes_back_what_it_made_when_it_cannot_go_on(folder):
    (folder / "certs").write_text("a file where a folder would have to be")
    done = run("new", "example.org", folder)
    assert done.returncode == 1
    assert f"{folder}/certs" in done.stderr
    assert [name for name in listing(folder) if (folder / name).is_file()] == ["certs"]


def test_an_address_may_be_the_host(folder):
    done = run("new", "[::1]", cwd=folder)
    assert done.returncode == 0, done.stderr
    check = commands(done.stdout)[0]
    assert os.system(f"cd {folder} && {check} >/dev/null") == 0
