"""The few bytes of RFC 6455 that screens and floors speak here: text frames, whole, one message each."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import socket

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_SEQ = re.compile(rb'"seq":\s*(\d+)')


def accept_key(key: bytes) -> bytes:
    """What a server answers to a client's key (RFC 6455 4.2.2)."""
    return base64.b64encode(hashlib.sha1(key + GUID, usedforsecurity=False).digest())


def frame(payload: bytes, opcode: int = 1) -> bytes:
    """A server's frame: not masked."""
    return bytes([0x80 | opcode]) + _length(len(payload), 0) + payload


def masked(payload: bytes) -> bytes:
    """A client's text frame, masked as the standard wants it."""
    mask = os.urandom(4)
    hidden = bytes(byte ^ mask[place % 4] for place, byte in enumerate(payload))
    return b"\x81" + _length(len(payload), 0x80) + mask + hidden


def _length(length: int, flag: int) -> bytes:
    if length < 126:
        return bytes([flag | length])
    if length < 65536:
        return bytes([flag | 126]) + length.to_bytes(2, "big")
    return bytes([flag | 127]) + length.to_bytes(8, "big")


def unframe(buffer: bytearray) -> tuple[int, bytes] | None:
    """Take the first whole unmasked frame out of a buffer: opcode and payload; None while it is not there yet."""
    if len(buffer) < 2:
        return None
    length, start = buffer[1] & 0x7F, 2
    if length >= 126:
        start = 4 if length == 126 else 10
        if len(buffer) < start:
            return None
        length = int.from_bytes(buffer[2:start], "big")
    if len(buffer) < start + length:
        return None
    opcode, payload = buffer[0] & 0x0F, bytes(buffer[start : start + length])
    del buffer[: start + length]
    return opcode, payload


def knock(port: int, path: str, *, source: str = "127.0.0.1") -> socket.socket:
    """Ask for a websocket from an address of this machine, without waiting for the answer."""
    link = socket.create_connection(("127.0.0.1", port), timeout=10, source_address=(source, 0))
    link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    key = base64.b64encode(os.urandom(16)).decode()
    link.sendall(
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    return link


def answered(link: socket.socket) -> bytearray:
    """Wait until a websocket that was asked for is open; what the server has already said behind its handshake."""
    answer = bytearray()
    while b"\r\n\r\n" not in answer:
        data = link.recv(65536)
        if not data:
            raise ConnectionError(f"no websocket: {bytes(answer)!r}")
        answer += data
    head, _, rest = bytes(answer).partition(b"\r\n\r\n")
    if b" 101 " not in head.split(b"\r\n")[0]:
        raise ConnectionError(head.decode(errors="replace"))
    return bytearray(rest)


def seq_of(payload: bytes) -> int | None:
    """The number of the last event in a `state` message; None for any other message."""
    if b'"state"' not in payload[:60]:
        return None
    found = _SEQ.search(payload)
    return int(found[1]) if found else None
