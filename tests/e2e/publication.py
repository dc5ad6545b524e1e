"""A temporary publication, and the server that serves it."""

import contextlib
import json
import os
import re
import select
import signal
import subprocess
import time
from pathlib import Path

from gemini import PATIENCE, Client

BROADSHEET = os.environ.get(
    "BROADSHEET", str(Path(__file__).resolve().parents[2] / "build" / "broadsheet")
)
HOST = "example.org"


def eventually(look, patience=PATIENCE, what=None):
    """Calls look() until it returns something true, which is returned; fails after patience, saying
    what was missing (a text, or a function that makes one)."""
    end = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            missing = what() if callable(what) else what
            raise AssertionError(f"not within {patience} s: {missing or look}")
        time.sleep(0.02)


def run(*words, **how):
    """One call of the command line; its CompletedProcess."""
    return subprocess.run(
        [BROADSHEET, *map(str, words)], capture_output=True, text=True, timeout=60, **how
    )


def fingerprint(identity):
    """SHA-256 of a client certificate, as openssl prints it."""
    words = ["openssl", "x509", "-in", str(identity[0]), "-noout", "-fingerprint", "-sha256"]
    text = subprocess.run(words, check=True, capture_output=True, text=True).stdout
    return text.split("=")[1].strip()


class Publication:
    """Folder, ini file, certificate. Sections of the ini file are dictionaries to be changed before
    write_ini(); a list as a value becomes a repeated key."""

    def __init__(self, folder, host=HOST):
        self.folder = Path(folder)
        self.host = host
        self.root = self.folder / "capsule"
        self.state = self.folder / "var"
        self.ini = self.folder / "broadsheet.ini"
        self.log = self.folder / "server.log"
        self.sections = {
            "server": {"listen": "127.0.0.1:0", "state": "var", "workers": "2"},
            "log": {"addresses": "full"},
            "limits": {},
            f"capsule {host}": {
                "root": "capsule",
                "certificate": f"{host}.crt",
                "key": f"{host}.key",
                "title": "The Example",
                "tagline": "News for a test",
            },
        }
        self.root.mkdir(parents=True)

    @property
    def capsule(self):
        return self.sections[f"capsule {self.host}"]

    def write_ini(self):
        lines = []
        for name, keys in self.sections.items():
            lines.append(f"[{name}]")
            for key, value in keys.items():
                values = value if isinstance(value, list) else [value]
                lines += [f"{key} = {one}" for one in values]
        self.ini.write_text("\n".join(lines) + "\n")

    def make_certificates(self):
        for name in self.sections:
            if name.startswith("capsule "):
                done = run("cert", "new", name.split()[1], "-c", self.ini)
                assert done.returncode == 0, done.stderr

    def prepare(self):
        """Everything a server needs to start."""
        self.write_ini()
        if not (self.folder / f"{self.host}.crt").exists():
            self.make_certificates()

    def file(self, path, content):
        """Puts a file into the capsule as an editor's rsync would: whole, by rename."""
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.parent / ".incoming"
        temporary.write_bytes(content if isinstance(content, bytes) else content.encode())
        temporary.rename(target)
        return target

    def article(self, path, title, date="2025-06-13", body="Text.", **keys):
        head = {"title": title, "date": date, **keys}
        lines = [f"{key.replace('_', '-')} = {value}" for key, value in head.items() if value]
        return self.file(path, "\n".join(["---", *lines, "---", body, ""]))

    def git(self, *words):
        """What git says of the history."""
        history = self.state / self.host / "history.git"
        options = ["-c", "safe.directory=*", "-c", "core.quotePath=no", "--git-dir", str(history)]
        done = subprocess.run(["git", *options, *words], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def hire(self, editor, name, role, identity, **keys):
        """Names somebody in the ini file, who shows that client certificate."""
        self.sections[f"editor {editor}"] = {
            "name": name,
            "fingerprint": fingerprint(identity),
            "role": role,
            **keys,
        }


class Server:
    """`broadsheet serve`, from the ready line to the end."""

    def __init__(self, publication, command=None, descriptors=(), environment=None):
        self.publication = publication
        self.base = None
        self.started = time.monotonic()
        self.log = open(publication.log, "ab")
        self.process = subprocess.Popen(
            command or [BROADSHEET, "serve", "-c", str(publication.ini)],
            stdout=subprocess.PIPE,
            stderr=self.log,
            pass_fds=descriptors,
            env={**os.environ, **(environment or {})},
        )
        try:
            self.ready_line = self.wait_for_line()
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        self.base = self.ready_line.split()[1].rstrip("/")
        port = self.base.rpartition(":")[2]
        self.port = int(port) if port.isdigit() else 1965

    def wait_for_line(self, patience=PATIENCE):
        """The next line of standard output."""
        end = time.monotonic() + patience
        line = b""
        while not line.endswith(b"\n"):
            readable, _, _ = select.select([self.process.stdout], [], [], end - time.monotonic())
            assert readable, f"no ready line within {patience} s; log:\n{self.read_log()}"
            byte = os.read(self.process.stdout.fileno(), 1)
            assert byte, f"serve ended with {self.process.wait()}; log:\n{self.read_log()}"
            line += byte
        assert line.startswith(b"serving gemini://"), line
        return line.decode().strip()

    @property
    def address(self):
        return ("127.0.0.1", self.port)

    def client(self, **how):
        how.setdefault("address", self.address)
        return Client(**how)

    def get(self, path, **how):
        """Asks for a path (encoded already) of the capsule."""
        answer = self.client(**how).ask(f"gemini://{self.publication.host}:{self.port}{path}")
        assert answer.is_closed or not answer.raw, f"{path}: no close_notify after {answer.raw!r}"
        return answer

    def send(self, path, body, identity, mime="text/gemini"):
        """Uploads a whole body to a path (encoded already) of the capsule."""
        head = f"titan://{self.publication.host}:{self.port}{path};size={len(body)};mime={mime}\r\n"
        return self.client(identity=identity).ask(head.encode() + body)

    def wait_until_printed(self):
        """The first edition of every capsule is being served: what is not there is known not to be."""
        for host in re.findall("gemini://([^:/]+)", self.ready_line):
            url = f"gemini://{host}:{self.port}/is-it-printed"
            eventually(lambda: self.client(sni=host).ask(url).status == 51, what="the first edition")

    def expect(self, path, status=20, holding="", patience=PATIENCE):
        """Asks until the answer is as expected."""

        def look():
            answer = self.get(path)
            is_right = answer.status == status and holding.encode() in answer.raw
            return answer if is_right else None

        def say():
            return f"{path} answers {status} {holding!r}; it is {self.get(path).raw[:500]!r}"

        return eventually(look, patience, say)

    def read_log(self):
        return self.publication.log.read_text(errors="replace")

    def wait_for_log(self, text, patience=PATIENCE):
        eventually(lambda: text in self.read_log(), patience, f"{text!r} in the log")

    def status(self):
        done = run("status", "--json", "-c", self.publication.ini)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def children(self):
        """Pids of the supervisor's children, by the name their log lines have."""
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(pid) for pid in Path(path).read_text().split()]

    def signal(self, number):
        os.kill(self.process.pid, number)

    def stop(self, patience=PATIENCE):
        """SIGTERM, and all must end well."""
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        code = self.process.wait(patience)
        self.process.stdout.close()
        self.log.close()
        assert code == 0, f"serve ended with {code}"

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.log.close()
