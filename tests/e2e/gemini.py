"""A Gemini client that shows every byte: TLS in memory over a plain socket, so that tests see
whether close_notify came, cut requests where they like, and end half a connection."""

import socket
import ssl
from dataclasses import dataclass, field

PATIENCE = 30  # seconds: how long a test waits for what must happen, on a slow machine too


@dataclass
class Answer:
    """What a server sent, and how it ended."""

    raw: bytes = b""
    is_closed: bool = False  # close_notify came
    is_reset: bool = False
    is_resumed: bool = False
    version: str = ""
    certificate: bytes = b""  # the server's, DER
    session: ssl.SSLSession = None

    @property
    def head(self):
        return self.raw.split(b"\r\n", 1)[0].decode()

    @property
    def status(self):
        return int(self.raw[:2]) if self.raw else 0

    @property
    def meta(self):
        return self.head[3:]

    @property
    def body(self):
        return self.raw.split(b"\r\n", 1)[1]

    @property
    def text(self):
        return self.body.decode()


@dataclass
class Client:
    """How to connect: everything a test may want to be different."""

    address: object  # (host, port), or the path of a Unix socket
    sni: str = "example.org"
    version: ssl.TLSVersion = None  # exactly this one
    identity: tuple = None  # (certificate file, key file)
    session: ssl.SSLSession = None
    context: ssl.SSLContext = field(default=None)
    prelude: bytes = b""  # sent in the clear before TLS (the PROXY protocol)

    def __post_init__(self):
        if self.context is None:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            self.context.check_hostname = False
            self.context.verify_mode = ssl.CERT_NONE
            if self.version is not None:
                self.context.minimum_version = self.context.maximum_version = self.version
            if self.identity is not None:
                self.context.load_cert_chain(*map(str, self.identity))
        # Python asks OpenSSL to take a bare end of TCP for close_notify: tests must see the difference.
        self.context.options &= ~ssl.OP_IGNORE_UNEXPECTED_EOF

    def connect(self):
        return Connection(self)

    def ask(self, url, **how):
        """One whole request. url may be bytes (sent as they are, CRLF included) or text."""
        request = url if isinstance(url, bytes) else url.encode() + b"\r\n"
        with self.connect() as connection:
            connection.handshake()
            connection.send(request)
            return connection.receive(**how)


class Connection:
    def __init__(self, client):
        if isinstance(client.address, tuple):
            self.socket = socket.create_connection(client.address, timeout=PATIENCE)
        else:
            self.socket = socket.socket(socket.AF_UNIX)
            self.socket.settimeout(PATIENCE)
            self.socket.connect(str(client.address))
        if client.prelude:
            self.socket.sendall(client.prelude)
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = client.context.wrap_bio(
            self.incoming, self.outgoing, server_hostname=client.sni, session=client.session
        )
        self.received = bytearray()
        self.answer = Answer()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.close()

    def close(self):
        self.socket.close()

    def flush(self):
        waiting = self.outgoing.read()
        if waiting:
            self.socket.sendall(waiting)

    def feed(self):
        """Takes what comes from the network next. False at its end."""
        try:
            data = self.socket.recv(65536)
        except ConnectionResetError:
            self.answer.is_reset = True
            data = b""
        if data:
            self.incoming.write(data)
        else:
            self.incoming.write_eof()
        return bool(data)

    def handshake(self):
        while True:
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.flush()
                self.feed()
        self.flush()
        self.answer.version = self.tls.version()
        self.answer.certificate = self.tls.getpeercert(binary_form=True)

    def send(self, data):
        """As one write of TLS."""
        try:
            while data:
                data = data[self.tls.write(data) :]
                self.flush()
        except (BrokenPipeError, ConnectionResetError):
            self.answer.is_reset = True

    def finish_writing(self):
        """Ends our side of TCP, without close_notify."""
        self.socket.shutdown(socket.SHUT_WR)

    def receive(self, timeout=PATIENCE, at_most=None):
        """Reads to the end of TLS, or of TCP (is_closed is then False), or until at_most bytes have
        come: call it again for the rest."""
        self.socket.settimeout(timeout)
        while at_most is None or len(self.received) < at_most:
            try:
                data = self.tls.read(65536)
                if not data:
                    self.answer.is_closed = True
                    break
                self.received += data
            except ssl.SSLWantReadError:
                self.feed()
            except ssl.SSLZeroReturnError:
                self.answer.is_closed = True
                break
            except ssl.SSLError:
                break
        self.answer.raw = bytes(self.received)
        self.answer.is_resumed = self.tls.session_reused
        self.answer.session = self.tls.session
        if at_most is None:
            self._say_goodbye()
        return self.answer

    def _say_goodbye(self):
        # Without our close_notify OpenSSL takes the session for one not to be resumed.
        try:
            self.tls.unwrap()
        except ssl.SSLError:
            pass
        try:
            self.flush()
        except OSError:
            pass
