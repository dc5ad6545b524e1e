"""An article with a date to come goes live when it is due."""

import datetime
import time

from publication import eventually


def due_in(seconds):
    """A whole second to come: as time.time() counts it, and as front matter writes it."""
    due = int(time.time()) + seconds
    moment = datetime.datetime.fromtimestamp(due, datetime.timezone.utc)
    return due, moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_scheduled_article_appears_when_it_is_due(server, publication):
    due, written = due_in(4)
    publication.article("articles/soon.gmi", "Soon", written)
    publication.article("articles/far.gmi", "Far", "2999-01-01")
    publication.article("articles/marker.gmi", "Marker")
    server.expect("/articles/marker.gmi")

    def is_live():
        is_there = server.get("/articles/soon.gmi").status == 20
        is_listed = "Soon\n" in server.get("/").text
        assert not (is_there or is_listed) or time.time() >= due
        return is_there and is_listed

    eventually(is_live, what="the article when it is due")
    assert server.get("/articles/far.gmi").status == 51


def test_article_that_became_due_while_the_server_was_down(publication, serve):
    for seconds in (3, 10, 30):  # a slow machine needs longer to start and stop
        due, written = due_in(seconds)
        path = f"articles/soon-{seconds}.gmi"
        publication.article(path, "Soon", written)
        serve(publication).stop()
        if time.time() < due:
            break
    assert time.time() < due, "it was down before the article was due"
    eventually(lambda: time.time() >= due, 2 * seconds)
    serve(publication).expect(f"/{path}")


def test_day_shown_is_the_one_written(publication, serve):
    publication.capsule["timezone"] = "America/Los_Angeles"
    publication.article("articles/zoned.gmi", "Zoned", "2025-06-13T09:30:00+09:00")
    publication.article("articles/bare.gmi", "Bare", "2025-06-13")
    text = serve(publication).get("/").text
    assert "2025-06-13 Zoned" in text and "2025-06-13 Bare" in text
    assert text.index("Bare") < text.index("Zoned")  # midnight in Los Angeles is later
