"""An article with a date to come goes live when it is due."""

import datetime
import time


def at(seconds_from_now):
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds_from_now)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_scheduled_article_appears_when_it_is_due(server, publication):
    due = time.time() + 4
    publication.article("articles/soon.gmi", "Soon", at(4))
    publication.article("articles/far.gmi", "Far", "2999-01-01")
    publication.article("articles/marker.gmi", "Marker")
    server.expect("/articles/marker.gmi")
    assert server.get("/articles/soon.gmi").status == 51
    assert "Soon" not in server.get("/").text
    server.expect("/articles/soon.gmi")
    assert due - 1 <= time.time() <= due + 3
    server.expect("/", holding="Soon\n")
    assert server.get("/articles/far.gmi").status == 51


def test_article_that_became_due_while_the_server_was_down(publication, serve):
    publication.article("articles/soon.gmi", "Soon", at(2))
    server = serve(publication)
    server.stop()
    time.sleep(2.5)  # until after the hour, with nobody there
    serve(publication).expect("/articles/soon.gmi")


def test_day_shown_is_the_one_written(publication, serve):
    publication.capsule["timezone"] = "America/Los_Angeles"
    publication.article("articles/zoned.gmi", "Zoned", "2025-06-13T09:30:00+09:00")
    publication.article("articles/bare.gmi", "Bare", "2025-06-13")
    text = serve(publication).get("/").text
    assert "2025-06-13 Zoned" in text and "2025-06-13 Bare" in text
    assert text.index("Bare") < text.index("Zoned")  # midnight in Los Angeles is later
