"""Several publications on one server, told apart by the host of the URL."""

import pytest

from publication import Publication


@pytest.fixture
def two(publication, serve):
    publication.capsule["alias"] = ["www.example.org", "example.net"]
    publication.sections["capsule other.test"] = {
        "root": "other",
        "certificate": "other.crt",
        "key": "other.key",
        "title": "The Other",
        "language": "de",
    }
    other = Publication.__new__(Publication)
    other.root = publication.folder / "other"
    other.root.mkdir()
    publication.article("articles/one.gmi", "One")
    Publication.article(other, "articles/andere.gmi", "Andere")
    return serve(publication)


def ask(server, host, path="/", sni=None):
    return server.client(sni=sni or host).ask(f"gemini://{host}:{server.port}{path}")


def test_each_host_has_its_own_pages_and_certificate(two):
    first, second = ask(two, "example.org"), ask(two, "other.test")
    assert "# The Example" in first.text and "# The Other" in second.text
    assert second.meta == "text/gemini; charset=utf-8; lang=de"
    assert first.certificate != second.certificate
    assert ask(two, "other.test", "/articles/one.gmi").status == 51
    assert ask(two, "example.org", "/articles/andere.gmi").status == 51


def test_alias_serves_the_same(two):
    for alias in ("www.example.org", "example.net"):
        answer = ask(two, alias)
        assert answer.text == ask(two, "example.org").text
        assert answer.certificate == ask(two, "example.org").certificate


def test_name_of_tls_and_host_of_the_url_must_agree(two):
    assert ask(two, "other.test", sni="example.org").status == 53
    assert ask(two, "example.org", sni="other.test").status == 53
    assert ask(two, "example.org", sni="www.example.org").status == 20
    assert ask(two, "example.org", sni="EXAMPLE.ORG").status == 20


def test_unknown_name_of_tls_ends_no_handshake(two):
    for host in ("example.org", "unknown.test"):
        answer = ask(two, host, sni="unknown.test")
        assert answer.status == 53 and answer.is_closed


def test_session_of_one_host_is_not_resumed_at_another(two):
    client = two.client(sni="example.org")
    session = client.ask(f"gemini://example.org:{two.port}/").session
    other = two.client(sni="other.test", context=client.context, session=session)
    answer = other.ask(f"gemini://other.test:{two.port}/")
    assert answer.status == 20 and not answer.is_resumed


def test_ready_line_names_every_publication(two):
    assert two.ready_line == (
        f"serving gemini://example.org:{two.port}/ gemini://other.test:{two.port}/"
    )


def test_labels_and_language_of_each(publication, serve):
    publication.capsule["language"] = "de"
    publication.capsule["articles-per-page"] = 1
    publication.sections["labels"] = {"show-more": "Mehr", "more-news": "Weitere Nachrichten"}
    publication.article("articles/eins.gmi", "Eins", "2025-01-01")
    publication.article("articles/zwei.gmi", "Zwei", "2025-01-02")
    server = serve(publication)
    assert " Mehr\n" in server.get("/").text
    assert "\n## Weitere Nachrichten\n" in server.get("/articles/eins.gmi").text
    assert server.get("/").meta.endswith("lang=de")


def test_public_port_may_differ_from_the_listening_one(publication, serve):
    publication.capsule["port"] = 1965
    server = serve(publication, is_printed=False)
    assert server.ready_line == "serving gemini://example.org:1965/"
