"""The floor under a push: an asyncio server that answers a POST by writing one hand-made frame to every websocket."""

from __future__ import annotations

import asyncio
import sys

from tests.bench.websocket import accept_key, frame

ANSWER = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"seq": %11d}'


class Floor(asyncio.Protocol):
    """A connection: a POST is a call, a GET with a key becomes a screen; nothing else is looked at."""

    screens: set[asyncio.Transport] = set()  # noqa: RUF012 — one hall in this process
    seq = 0
    size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.screens.discard(self.transport)

    def data_received(self, data: bytes) -> None:
        if data.startswith(b"POST"):
            type(self).seq += 1
            message = self.state()
            for screen in self.screens:
                screen.write(message)
            self.transport.write(ANSWER % self.seq)
        elif data.startswith(b"GET"):
            key = data.partition(b"Sec-WebSocket-Key: ")[2].partition(b"\r\n")[0]
            self.transport.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept_key(key) + b"\r\n\r\n" + self.state()
            )
            self.screens.add(self.transport)

    def state(self) -> bytes:
        """A frame as long as the real one, with the number of the last call in it."""
        head = b'42/display,["state",{"seq":%d,"html":"' % self.seq
        return frame(head + b"x" * (self.size - len(head) - 3) + b'"}]')


async def serve(port: int) -> None:
    """Serve until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Floor, "127.0.0.1", port, backlog=512)
    await server.serve_forever()


def main() -> None:
    """`frames.py PORT BYTES`."""
    Floor.size = int(sys.argv[2])
    asyncio.run(serve(int(sys.argv[1])))


if __name__ == "__main__":
    main()
