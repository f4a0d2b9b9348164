"""A network between a board and its server: it speaks TLS, and it cuts connections where a test says."""

from __future__ import annotations

import contextlib
import socket
import ssl
import subprocess
import threading
from pathlib import Path

_TLS_REQUEST = b"\0\0\0\x08\x04\xd2\x16\x2f"
_GSS_REQUEST = b"\0\0\0\x08\x04\xd2\x16\x30"


def make_certificate(folder: Path, name: str) -> Path:
    """Make a certificate that signs itself, for the host `name`; its key lies beside it. Needs openssl."""
    words = ["-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
    names = ["-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1"]
    made = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(["openssl", "req", *words, *names, *made], check=True, capture_output=True)
    return folder / "certificate.pem"


class Proxy:
    """Passes bytes between `host` (a port of its own) and a server's socket.

    `cut_before` and `cut_after` are bytes of a statement: a connection ends when they come by, with the statement not
    yet or already passed on. `closed` lets nobody in; `refusals` are what the server says to the next ones, which it
    does not let in yet.
    `freeze` passes nothing on from then on, and `freeze_at` are bytes of a statement that do the same.
    `thaws_for_the_next` ends this with the next connection: the client has given up the one before.
    """

    def __init__(self, target: str, *, host: str = "127.0.0.1", certificate: Path | None = None) -> None:
        self._target = target
        self._tls = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate, certificate.with_name("key.pem"))
        self.cut_before: bytes | None = None
        self.cut_after: bytes | None = None
        self.closed = False
        self.freeze_at: bytes | None = None
        self.thaws_for_the_next = False
        self._thawed = threading.Event()
        self._thawed.set()
        self.refusals: list[str] = []
        self._ended = False
        self._open: list[socket.socket] = []
        self._listening = socket.create_server((host, 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """End all connections that there are."""
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def freeze(self) -> None:
        """Pass nothing on any more, and let new connections wait, as a network does that drops every packet."""
        self._thawed.clear()

    def thaw(self) -> None:
        self.freeze_at = None
        self._thawed.set()

    def stop(self) -> None:
        self._ended = True
        self.thaw()
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self.cut()

    def _accept(self) -> None:
        while not self._ended:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            if self.thaws_for_the_next:
                self.thaw()
            if self.closed:
                client.close()
            else:
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            self._thawed.wait()
            first = client.recv(8, socket.MSG_PEEK)
            while first in {_TLS_REQUEST, _GSS_REQUEST}:
                client.recv(8)
                encrypt = self._tls is not None and first == _TLS_REQUEST
                client.sendall(b"S" if encrypt else b"N")
                if encrypt and self._tls is not None:
                    client = self._tls.wrap_socket(client, server_side=True)
                    break
                first = client.recv(8, socket.MSG_PEEK)
            if self.refusals:
                client.recv(65536)
                fields = b"SFATAL\0VFATAL\0C57P03\0M" + self.refusals.pop().encode() + b"\0\0"
                client.sendall(b"E" + (len(fields) + 4).to_bytes(4, "big") + fields)
                client.close()
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._target)
            self._open += [client, server]
            threading.Thread(target=self._pass, args=(server, client), daemon=True).start()
            self._pass(client, server, watched=True)
        except OSError:
            client.close()

    def _pass(self, source: socket.socket, sink: socket.socket, *, watched: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if watched and self.freeze_at and self.freeze_at in data:
                    self.freeze()
                self._thawed.wait()
                if watched and self.cut_before and self.cut_before in data:
                    break
                last = watched and self.cut_after and self.cut_after in data
                if last:
                    source.shutdown(socket.SHUT_RDWR)  # first, so that the server's answer is heard by nobody
                sink.sendall(data)
                if last:
                    break
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
