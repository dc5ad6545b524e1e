"""publish, delete, history, restore: through the running server, and alone while none runs."""

import subprocess

import pytest

from publication import HOST, run

TEXT = "# Clinics move outdoors\n\nText.\n"
PATH = "/articles/2025/06/clinics-move-outdoors.gmi"
DATED = "---\ndate = 2025-06-13\n---\n" + TEXT


@pytest.fixture(params=["serving", "alone"])
def newsroom(request, publication, serve):
    """A publication with two editors, and whether its server runs."""
    for name, role in (("heidi", "editor"), ("ada", "author"), ("carl", "contributor")):
        publication.sections[f"editor {name}"] = {
            "name": name.capitalize(),
            "fingerprint": name[0].encode().hex() * 32,
            "role": role,
        }
    publication.prepare()
    publication.server = serve(publication) if request.param == "serving" else None
    return publication


def verb(publication, *words, **how):
    return run(words[0], "-c", publication.ini, *words[1:], **how)


def address(publication, path):
    """The gemini:// address of a path, as the verbs print it."""
    port = f":{publication.server.port}" if publication.server else ""
    return f"gemini://{HOST}{port}{path}\n"


def publish(publication, text, *words):
    source = publication.folder / "source.gmi"
    source.write_text(text)
    return verb(publication, "publish", source, *words)


def commits(publication):
    """Author and message of each commit, newest first."""
    log = subprocess.run(
        ["git", f"--git-dir={publication.state}/{HOST}/history.git", "log", "--format=%an: %s"],
        capture_output=True,
        text=True,
        check=True,
    )
    return log.stdout.splitlines()


def test_publish_makes_a_path_and_tells_it(newsroom):
    done = publish(newsroom, DATED)
    assert (done.returncode, done.stdout) == (0, address(newsroom, PATH)), done.stderr
    assert (newsroom.root / PATH[1:]).read_text().endswith("---\n" + TEXT)
    assert commits(newsroom)[0] == f"admin: publish {PATH}"
    if newsroom.server:
        response = newsroom.server.client().ask(address(newsroom, PATH).strip())
        assert response.status == 20 and response.body.startswith(b"# Clinics move outdoors\n")


def test_publish_in_the_name_of_an_editor_has_that_editors_rights(newsroom):
    done = publish(newsroom, DATED, "--as", "ada", "/articles/a.gmi")
    assert done.returncode == 0, done.stderr
    assert commits(newsroom)[0] == "Ada: publish /articles/a.gmi"
    assert "editor = ada\n" in (newsroom.root / "articles/a.gmi").read_text()
    done = publish(newsroom, DATED, "--as=carl", "/articles/a.gmi")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("Send it to /drafts/")
    publish(newsroom, DATED, "/articles/heidis.gmi", "--as", "heidi")
    done = publish(newsroom, DATED, "--as", "ada", "/articles/heidis.gmi")
    assert done.returncode == 1 and "Kept" not in done.stderr, done
    assert not list(newsroom.root.glob("drafts/*"))
    done = publish(newsroom, DATED, "--as", "nobody")
    assert done.returncode == 1 and "no editor has the ID `nobody`" in done.stderr


def test_publish_reads_standard_input_and_takes_urls(newsroom):
    done = verb(newsroom, "publish", "-", f"gemini://{HOST}/articles/m%C3%A1s.gmi", input=TEXT)
    assert done.stdout == address(newsroom, "/articles/m%C3%A1s.gmi"), done.stderr
    assert (newsroom.root / "articles/más.gmi").exists()


def test_a_picture_goes_to_the_pictures(newsroom):
    picture = newsroom.folder / "clinic.gif"
    picture.write_bytes(b"GIF89a\1\0\1\0\x80\0\0\xff\xff\xff\0\0\0;")
    done = verb(newsroom, "publish", picture)
    assert done.returncode == 0, done.stderr
    path = done.stdout.strip().partition("/desk/image/")[2]
    assert path.startswith("images/2") and path.endswith(".gif")
    assert (newsroom.root / path).read_bytes() == picture.read_bytes()


def test_markdown_is_converted_by_the_name_of_the_file(newsroom):
    source = newsroom.folder / "notes.md"
    source.write_text("# Notes\n\nA [link](https://example.com/).\n")
    done = verb(newsroom, "publish", source, "/articles/notes.gmi")
    assert done.returncode == 0, done.stderr
    assert "=> https://example.com/ link" in (newsroom.root / "articles/notes.gmi").read_text()


def test_delete_and_restore_are_in_history(newsroom):
    publish(newsroom, DATED, "/articles/a.gmi")
    publish(newsroom, DATED.replace("Text.", "Better."), "/articles/a.gmi")
    done = verb(newsroom, "delete", "/articles/a.gmi")
    assert (done.returncode, done.stdout) == (0, "deleted /articles/a.gmi\n"), done.stderr
    assert not (newsroom.root / "articles/a.gmi").exists()
    if newsroom.server:
        assert newsroom.server.client().ask(address(newsroom, "/articles/a.gmi").strip()).status == 52

    done = verb(newsroom, "history", "/articles/a.gmi")
    lines = done.stdout.splitlines()
    assert [line.split(maxsplit=2)[2] for line in lines] == [
        "admin: delete /articles/a.gmi",
        "admin: update /articles/a.gmi",
        "admin: publish /articles/a.gmi",
    ], done
    first = lines[-1].split()[0]
    done = verb(newsroom, "restore", "/articles/a.gmi", first)
    assert done.stdout == address(newsroom, "/articles/a.gmi"), done.stderr
    assert (newsroom.root / "articles/a.gmi").read_text().endswith("---\n" + TEXT)
    assert commits(newsroom)[0] == "admin: restore /articles/a.gmi"
    if newsroom.server:
        assert newsroom.server.client().ask(address(newsroom, "/articles/a.gmi").strip()).status == 20


def test_what_cannot_be_done_exits_1_and_says_why(newsroom):
    publish(newsroom, DATED, "/articles/a.gmi")
    program = newsroom.folder / "program"
    program.write_bytes(b"\x7fELF\x02\x01\x01" + bytes(range(256)))
    for words, reason in (
        (("delete", "/articles/b.gmi"), "Nothing is at /articles/b.gmi"),
        (("delete", "/articles/"), "Name a file"),
        (("history", "/articles/b.gmi"), "history knows no /articles/b.gmi"),
        (("history", "/tags/"), "Choose another path"),
        (("restore", "/articles/a.gmi", "0123abc"), "Choose a version"),
        (("publish", "no-such-file"), "no-such-file: No such file"),
        (("publish", "/dev/null"), "the file is empty"),
        (("publish", program, "/articles/a.gmi"), "Kept as draft a-refused-1: "),
        (("publish", program, "/drafts/../../x"), "Choose a name that does not begin"),
    ):
        done = verb(newsroom, *words)
        assert (done.returncode, done.stdout) == (1, ""), (words, done)
        assert reason in done.stderr, (words, done.stderr)


def test_a_file_larger_than_an_upload_may_be_is_refused(newsroom):
    big = newsroom.folder / "big.gmi"
    big.write_bytes(b"x" * (8 * 1024 * 1024 + 1))
    done = verb(newsroom, "publish", big)
    assert done.returncode == 1 and "big.gmi: " in done.stderr, done
    big.write_bytes(b"x" * (8 * 1024 * 1024))
    assert verb(newsroom, "publish", big, "/articles/big.gmi").returncode == 0


def test_wrong_command_lines_exit_2(publication):
    publication.sections["capsule other.example"] = {
        "root": "other",
        "certificate": "other.crt",
        "key": "other.key",
    }
    (publication.folder / "other").mkdir()
    publication.prepare()
    for words, reason in (
        (("publish",), "FILE is missing"),
        (("publish", "a", "b", "c"), "one word too many: c"),
        (("publish", publication.ini), "name one with --capsule HOST"),
        (("delete", "/articles/a.gmi", "--capsule", "nowhere"), "no section [capsule nowhere]"),
        (("delete", "gemini://nowhere/a.gmi"), "no section [capsule nowhere]"),
        (("delete", "https://example.org/a.gmi"), "expected a gemini:// URL"),
        (("history", f"gemini://{HOST}/a", "--capsule", "other.example"), "is not a page of"),
        (("history",), "PATH is missing"),
        (("restore", "/articles/a.gmi"), "REV is missing"),
        (("editor",), "invite, list or remove is missing"),
        (("editor", "lst"), "did you mean list?"),
        (("editor", "invite", "ida"), "NAME is missing"),
        (("editor", "invite", "ida", "Ida", "boss"), "expected contributor, author or editor"),
        (("editor", "list", "--capsule", "nowhere"), "no section [capsule nowhere]"),
    ):
        done = verb(publication, *words)
        assert (done.returncode, done.stdout) == (2, ""), (words, done)
        assert reason in done.stderr, (words, done.stderr)


def test_the_capsule_is_chosen_by_option_or_url(publication):
    publication.sections["capsule other.example"] = {
        "root": "other",
        "certificate": "other.crt",
        "key": "other.key",
    }
    (publication.folder / "other").mkdir()
    publication.prepare()
    assert publish(publication, TEXT, "/a.gmi", "--capsule", "other.example").returncode == 0
    assert publish(publication, TEXT, "gemini://other.example/b.gmi").returncode == 0
    assert publish(publication, TEXT, "c.gmi", "--capsule", HOST).returncode == 0
    assert sorted(path.name for path in (publication.folder / "other").iterdir()) == [
        "a.gmi",
        "b.gmi",
    ]
    assert (publication.root / "c.gmi").exists()
