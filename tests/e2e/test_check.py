"""`check`: all that is wrong, told by file, line and reason; nothing started, nothing written."""

import os
import shutil
from pathlib import Path

import pytest

from publication import run

SAMPLE = Path(__file__).resolve().parents[2] / "capsule"


@pytest.fixture
def check(publication):
    """check(*words): the verb on a publication that has been prepared."""

    def call(*words, **how):
        publication.write_ini()
        if not (publication.folder / "example.org.key").exists():
            publication.make_certificates()
        return run("check", "-c", publication.ini, *words, **how)

    return call


def snapshot(folder):
    return {
        str(path): (path.lstat().st_mtime_ns, path.lstat().st_size) for path in folder.rglob("*")
    }


def test_a_good_publication_passes_in_one_line(publication, check):
    publication.article("articles/one.gmi", "One")
    publication.article("articles/2025/06/two.gmi", "Two")
    publication.file("articles/three.md", "# Three\n\nText.\n")
    publication.file("about.gmi", "# About\n")
    done = check()
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "3 articles, 4 files in all: 0 broken, 0 warnings\n"


def test_it_starts_and_writes_nothing(publication, check):
    publication.article("articles/one.gmi", "One")
    check()
    before = snapshot(publication.folder)
    assert check().returncode == 0
    after = snapshot(publication.folder)
    after[str(publication.ini)] = before[str(publication.ini)]  # written by the test itself
    assert after == before
    assert not publication.state.exists()


@pytest.mark.parametrize("path", ["articles/bad.gmi", "articles/deep/er/bad.md", "drafts/bad.gmi"])
def test_a_broken_article_is_told_by_file_and_line(publication, check, path):
    publication.article("articles/one.gmi", "One")
    publication.file(path, "---\ntitle = Bad\ndate = 2025-13-45\n---\nText.\n")
    done = check()
    assert done.returncode == 1
    assert f"{publication.root}/{path}: line 3: " in done.stdout
    assert "2 articles, 2 files in all: 1 broken, 0 warnings" in done.stdout


def test_files_are_named_as_seen_from_where_one_stands(publication, check):
    publication.file("articles/bad.gmi", "---\ndate = never\n---\n")
    done = check(cwd=publication.folder)
    assert done.stdout.startswith("capsule/articles/bad.gmi: line 2: ")


def test_unknown_keys_are_warnings(publication, check):
    publication.file("articles/one.gmi", "---\ntitle = One\ntitel = Two\n---\nText.\n")
    done = check()
    assert done.returncode == 0
    assert "articles/one.gmi: warning: line 3: " in done.stdout
    assert "1 warning\n" in done.stdout


@pytest.mark.parametrize(
    "path",
    [
        "more/old.gmi",
        "tags/law.gmi",
        "authors/index.gmi",
        "archive/x",
        "atom.xml",
        "search",
        "desk/x.gmi",
        "welcome",
        "articles/opinion/atom.xml",
        "articles",
        "articles/opinion/more/000000000000g",
        "tags",
        "authors",
        "archive",
        "desk",
        "more",
    ],
)
def test_files_hidden_by_made_pages_are_warned_about(publication, check, path):
    publication.file(path, "text\n")
    done = check()
    assert done.returncode == 0
    assert f"{publication.root}/{path}: warning: hidden by " in done.stdout


def test_news_is_a_made_page_only_beside_an_index_of_ones_own(publication, check):
    publication.file("news/x.gmi", "text\n")
    assert "hidden" not in check().stdout
    publication.file("index.gemini", "# Front\n")
    assert "news/x.gmi: warning: hidden by /news/" in check().stdout


def test_a_file_called_news_is_hidden_beside_an_index_of_ones_own(publication, check):
    publication.file("news", "text\n")
    assert "hidden" not in check().stdout
    publication.file("index.gmi", "# Front\n")
    assert "/news: warning: hidden by /news/" in check().stdout


def test_files_hidden_by_the_ini_file_are_warned_about(publication, check):
    publication.capsule.update(redirect="/a.gmi /b.gmi", gone=["/b.gmi", "/c.gmi"])
    publication.file("a.gmi", "text\n")
    publication.file("b.gmi", "text\n")
    done = check()
    assert "redirect = /a.gmi hides the file" in done.stdout
    assert "gone = /b.gmi hides the file" in done.stdout
    assert "/c.gmi" not in done.stdout


def test_what_cannot_be_served_is_warned_about(publication, check):
    articles = publication.root / "articles"
    articles.mkdir()
    os.mkfifo(articles / "pipe.gmi")
    (articles / "out.gmi").symlink_to("/etc/passwd")
    (articles / "nowhere.gmi").symlink_to("missing.gmi")
    (articles / "loop").symlink_to("..")
    (articles / "git~1").write_text("text")
    (articles / "GIT~1. ").write_text("text")
    (articles / "\u200c.git").write_text("text")
    deep = articles.joinpath(*17 * ["deep"])
    deep.mkdir(parents=True)
    (articles / "LOUD.GMI").write_text("text")
    os.close(os.open(bytes(articles) + b"/\xff.txt", os.O_CREAT | os.O_WRONLY))
    (articles / "back\\slash.txt").write_text("text")
    (articles / "line\nbreak.txt").write_text("text")
    (articles / ("n" * 251 + ".gmi")).write_text("text")
    done = check()
    assert done.returncode == 0
    for said in (
        "pipe.gmi: warning: not served: neither a file nor a folder",
        "out.gmi: warning: not served: a link that leads out of the root, or nowhere",
        "nowhere.gmi: warning: not served: a link",
        "LOUD.GMI: warning: not served: an article's name ends in .gmi or .md",
        "git~1: warning: not kept in history",
        "GIT~1. : warning: not kept in history",
        "\\xe2\\x80\\x8c.git: warning: not kept in history",
        "articles" + 16 * "/deep" + "/: warning: deeper than 16 folders",
        "\\xff.txt: warning: no request can name it",
        "slash.txt: warning: no request can name it",
        "line\\x0abreak.txt: warning: no request can name it",
    ):
        assert said in done.stdout, said
    assert "loop" not in done.stdout
    assert done.stdout.count("warning:") == 11


def test_a_link_within_the_root_is_an_article_like_any(publication, check):
    publication.file("texts/bad.gmi", "---\ndate = never\n---\n")
    (publication.root / "articles").mkdir()
    (publication.root / "articles/bad.gmi").symlink_to("../texts/bad.gmi")
    done = check()
    assert done.returncode == 1
    assert "articles/bad.gmi: line 2: " in done.stdout


def test_hidden_files_are_not_looked_at(publication, check):
    publication.file("articles/.draft.gmi", "---\ndate = never\n---\n")
    publication.file(".git/articles/x.gmi", "---\ndate = never\n---\n")
    publication.file(".well-known/security.txt", "Contact: mailto:a@b\n")
    publication.file("articles/header.gmi", "# Head\n")
    assert check().stdout == "0 articles, 2 files in all: 0 broken, 0 warnings\n"


def test_wide_folders_are_warned_about(publication, check):
    wide = publication.root / "images"
    wide.mkdir()
    for number in range(5001):
        (wide / f"{number}.txt").touch()
    assert "images/: warning: 5001 entries" in check().stdout


def test_large_files_are_warned_about(publication, check):
    publication.sections["limits"]["upload-size"] = "1K"
    publication.file("images/large.pdf", b"x" * 1025)
    publication.file("images/small.pdf", b"x" * 1024)
    done = check()
    assert "large.pdf: warning: served, but not kept in history" in done.stdout
    assert "small.pdf" not in done.stdout


def test_deep_folders_are_no_trouble(publication, check):
    folder = publication.root
    for _ in range(400):
        folder = folder / "deeper"
    folder.mkdir(parents=True)
    assert check().returncode in (0, 1)


def test_certificates_are_looked_at(publication, check):
    publication.capsule["alias"] = "www.example.org"
    assert check().stdout.startswith("0 articles")
    publication.capsule["alias"] = "new.example.org"
    done = check()
    assert done.returncode == 0
    assert "example.org.crt: warning: does not name the alias new.example.org" in done.stdout
    (publication.folder / "example.org.key").chmod(0o644)
    assert "example.org.key: warning: a private key open to every user" in check().stdout


def test_a_key_of_another_certificate_is_no_configuration_to_start_with(publication, check, identity):
    check()
    _, other = identity("other")
    shutil.copy(other, publication.folder / "example.org.key")
    done = check()
    assert done.returncode == 2
    assert f"{publication.folder}/example.org.key: not the key of the certificate" in done.stderr


def test_a_certificate_that_is_none_is_no_configuration_to_start_with(publication, check):
    check()
    (publication.folder / "example.org.crt").write_text("hello")
    done = check()
    assert done.returncode == 2
    assert "example.org.crt: expected a certificate in PEM" in done.stderr


def test_an_expired_certificate_is_warned_about(publication, check, expired_identity):
    certificate, key = expired_identity
    check()
    shutil.copy(certificate, publication.folder / "example.org.crt")
    shutil.copy(key, publication.folder / "example.org.key")
    done = check()
    assert done.returncode == 0
    assert "example.org.crt: warning: expired" in done.stdout
    assert "example.org.crt: warning: does not name example.org" in done.stdout


def test_a_user_that_does_not_exist_is_no_configuration_to_start_with(publication, check):
    publication.sections["server"]["user"] = "nobody-of-that-name"
    done = check()
    assert done.returncode == 2
    assert "user = nobody-of-that-name" in done.stderr


def test_the_sample_publication_is_clean(publication, check):
    publication.root.rmdir()
    shutil.copytree(SAMPLE, publication.root)
    done = check()
    assert done.returncode == 0
    assert done.stdout.endswith("0 broken, 0 warnings\n"), done.stdout


def test_records_of_people_that_let_nobody_in_are_told(publication, check):
    editors = publication.state / "editors"
    invitations = publication.state / "invitations"
    for folder in (editors, invitations):
        folder.mkdir(parents=True)
    key = "fingerprint = " + "ab" * 32 + "\n"
    (editors / "king.ini").write_text("[editor king]\nrole = king\n" + key)
    (editors / "lost.ini").write_text("[editor lost]\nrole = author\ncapsule = lost.org\n" + key)
    (editors / "nobody.ini").write_text("[editor nobody]\n" + key)
    (editors / "fine.ini").write_text("[editor fine]\nrole = author\n" + "fingerprint = " + "cd" * 32)
    (invitations / ("0f" * 32)).write_text("[invitation ida]\nrole = queen\n")
    done = check()
    assert done.returncode == 0
    for telling in (
        "editors/king.ini:2: role = king: expected contributor, author or editor",
        "editor lost: capsule = lost.org: no [capsule lost.org]",
        "editors/nobody.ini: lets nobody in: expected a role",
        "invitations/" + "0f" * 32 + ":2: role = queen",
    ):
        assert telling in done.stdout, (telling, done.stdout)
    assert "fine" not in done.stdout and "4 warnings" in done.stdout, done.stdout


def test_the_ini_file_alone_says_whether_the_server_would_start(publication, check):
    publication.article("articles/broken.gmi", "Broken", date="no day")
    assert check().returncode == 1
    done = check("--ini-only")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    (publication.folder / "example.org.crt").write_text("no PEM")
    done = check("--ini-only")
    assert done.returncode == 2
    assert "expected a certificate in PEM" in done.stderr
