"""`status` and `reprint`, with and without a server."""

import json

from publication import eventually, run


def test_status_for_programs(server, publication):
    publication.article("articles/later.gmi", "Later", "2999-01-01")
    publication.article("articles/draft.gmi", "Draft", status="draft")
    publication.file("articles/broken.gmi", "---\ndate = x\n---\n")
    eventually(lambda: server.status()["capsules"][0]["broken"] == 1)
    report = server.status()
    capsule = report["capsules"][0]
    assert report["pid"] == server.process.pid
    assert [p["role"] for p in report["processes"]].count("worker") == 2
    assert [p["role"] for p in report["processes"]].count("publisher") == 1
    assert capsule["host"] == "example.org" and capsule["edition"] >= 1
    counts = [capsule[key] for key in ("articles", "scheduled", "drafts", "broken")]
    assert counts == [1, 1, 1, 1]


def test_counters_count(server):
    before = server.status()["counters"]
    server.get("/")
    server.get("/nope")
    after = eventually(
        lambda: (now := server.status()["counters"])["requests"] >= before["requests"] + 2 and now
    )
    assert after["answers"]["20"] == before["answers"]["20"] + 1
    assert after["answers"]["50"] == before["answers"]["50"] + 1
    assert after["bytes_sent"] > before["bytes_sent"]


def test_status_for_people(server, publication):
    done = run("status", "-c", publication.ini)
    assert done.returncode == 0
    for word in ("worker", "publisher", "example.org", str(server.process.pid)):
        assert word in done.stdout


def test_status_without_a_server(publication):
    publication.prepare()
    done = run("status", "--json", "-c", publication.ini)
    assert done.returncode == 1 and done.stdout == ""
    assert len(done.stderr.splitlines()) == 1


def test_reprint_while_serving(server, publication):
    before = server.status()["capsules"][0]["edition"]
    done = run("reprint", "-c", publication.ini)
    assert done.returncode == 0, done.stderr
    eventually(lambda: server.status()["capsules"][0]["edition"] == before + 1)
    assert server.get("/articles/one.gmi").status == 20
    publication.article("articles/two.gmi", "Two")
    server.expect("/articles/two.gmi")


def test_reprint_alone(publication, serve):
    publication.article("articles/one.gmi", "One")
    publication.prepare()
    done = run("reprint", "-c", publication.ini)
    assert done.returncode == 0, done.stderr
    server = serve(publication, is_printed=False)
    assert server.get("/articles/one.gmi").status == 20


def test_access_log_in_json(publication, serve):
    publication.sections["log"].update({"access": "access.log", "format": "json"})
    server = serve(publication)
    server.get("/articles/%22quoted%22?a=b")
    log = publication.folder / "access.log"
    line = eventually(
        lambda: next((one for one in log.read_text().splitlines() if "quoted" in one), None)
    )
    entry = json.loads(line)
    assert entry["status"] == 51 and entry["client"] == "127.0.0.1"
    assert entry["url"] == f"gemini://example.org:{server.port}/articles/%22quoted%22?a=b"
    assert entry["bytes"] > 0 and entry["ms"] >= 0 and entry["time"]


def test_addresses_in_the_log_are_truncated_unless_wanted(publication, serve):
    publication.sections["log"] = {"access": "access.log", "format": "json"}
    server = serve(publication)
    server.get("/nope")
    log = publication.folder / "access.log"
    line = eventually(
        lambda: next((one for one in log.read_text().splitlines() if "/nope" in one), None)
    )
    assert "127.0.0.0" in json.loads(line)["client"]
