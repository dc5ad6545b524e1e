"""A real client, driven in tmux: it reads the index, follows a link, pages on."""

import os
import shutil
import subprocess

import pytest

from publication import eventually

needs_amfora = pytest.mark.skipif(
    not (shutil.which("amfora") and shutil.which("tmux")), reason="needs amfora and tmux"
)

# Amfora 1.10 falls over settings without the last two sections.
SETTINGS = "[a-general]\nauto_redirect = true\n[auth.certs]\n[auth.keys]\n"


class Amfora:
    def __init__(self, home, url):
        self.socket = f"broadsheet-{os.getpid()}"
        config = home / ".config/amfora"
        config.mkdir(parents=True)
        (config / "config.toml").write_text(SETTINGS)
        names = "HOME=. XDG_CONFIG_HOME=.config XDG_CACHE_HOME=.cache XDG_DATA_HOME=.local/share"
        setting = " ".join(one.replace("=", f"={home}/", 1) for one in names.split())
        self.tmux("new-session", "-d", "-x", "100", "-y", "50", f"{setting} TERM=screen amfora '{url}'")

    def tmux(self, *words):
        done = subprocess.run(["tmux", "-L", self.socket, *words], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def keys(self, *keys):
        self.tmux("send-keys", *keys)

    def go(self, url):
        self.keys("Space")
        self.expect("URL/Num./Search:")
        self.keys("-l", url)
        self.expect(url)
        self.keys("Enter")

    def expect_not(self, text):
        eventually(lambda: text not in self.tmux("capture-pane", "-p"), what=f"{text} is gone")

    def expect(self, *texts):
        """Now and then Amfora leaves a page blank that it has; a window of another size it fills."""
        looks = 0

        def look():
            nonlocal looks
            looks += 1
            if looks % 50 == 0:
                self.tmux("resize-window", "-x", str(100 + looks // 50 % 2))
            screen = self.tmux("capture-pane", "-p")
            return all(text in screen for text in texts)

        eventually(look, what=lambda: f"{texts} on the screen:\n" + self.tmux("capture-pane", "-p"))

    def quit(self):
        self.tmux("kill-server")


@pytest.fixture
def news(publication, serve):
    """Five stories, two a page. By address: a bare machine may have no /etc/hosts, and Amfora would
    wait for a name server."""
    host = publication.host = "127.0.0.1"
    publication.sections[f"capsule {host}"] = publication.sections.pop("capsule example.org")
    publication.capsule.update({"certificate": f"{host}.crt", "key": f"{host}.key"})
    publication.capsule["articles-per-page"] = 2
    for day in range(1, 6):
        publication.article(f"articles/{day}.gmi", f"Story {day}", f"2025-01-0{day}", f"Words of {day}.")
    return serve(publication)


@pytest.fixture
def amfora(news, folder):
    """At the front page."""
    amfora = Amfora(folder / "home", f"gemini://{news.publication.host}:{news.port}/")
    try:
        amfora.expect("The Example", "Story 5", "Story 4", "Show more")
        yield amfora
    finally:
        amfora.quit()


@needs_amfora
def test_amfora_reads_follows_and_pages_on(amfora):
    amfora.keys("1")  # the first link
    amfora.expect("Words of 5.", "More news", "articles/5.gmi")
    amfora.keys("b")
    amfora.expect("Story 4", "Show more")
    amfora.keys("3")
    amfora.expect("Story 3", "Story 2", "Show more")
    amfora.keys("3")
    amfora.expect("Story 1")


@needs_amfora
def test_amfora_subscribes(amfora, news):
    """To the Atom feed, which it offers by itself."""
    amfora.go(f"gemini://{news.publication.host}:{news.port}/atom.xml")
    amfora.expect("Would you like to subscribe")
    amfora.keys("Enter")  # yes
    amfora.expect_not("Would you like to subscribe")
    amfora.go("about:subscriptions")
    amfora.expect("Jan 05, 2025", "The Example - Story 5", "Jan 01, 2025", "The Example - Story 1")
