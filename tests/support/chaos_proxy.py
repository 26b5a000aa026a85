"""A proxy before an HTTP service that does to its answers what bad networks and bad days do."""

from __future__ import annotations

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

_BROKEN = (
    b"HTTP/1.1 503 Slow Down\r\nContent-Type: application/xml\r\nContent-Length: 61\r\nConnection: close\r\n\r\n"
    b"<Error><Code>SlowDown</Code><Message>Chaos</Message></Error>\r\n"
)
_LIMIT = 1 << 26
_BLOCK = 8192


@dataclass(frozen=True)
class Chaos:
    """What is done. Shares are of 1, of all requests."""

    cut_at: int | None = None
    """Answers end after so many bytes of their body."""
    errors: float = 0.0
    """Share answered with 503."""
    denied: bool = False
    """Every request is answered with 403."""
    latency: float = 0.0
    """Seconds before an answer."""
    rate: float = 0.0
    """Bytes in a second, both ways; 0 is as fast as it goes."""
    resets: float = 0.0
    """Share whose connection is reset before the answer, half of them before the service hears of it."""
    flips: float = 0.0
    """Share of answers with a changed byte in their body."""
    flipped_requests: float = 0.0
    """Share of requests with a changed byte in their body."""
    drip_after: int | None = None
    """The rest of longer answers comes byte by byte, ten in a second."""
    silent: bool = False
    """Connections are taken and nothing is ever said."""


@dataclass(frozen=True)
class Message:
    start: str
    headers: dict[str, str]
    body: bytes

    def bytes(self) -> bytes:
        lines = [self.start, *(f"{name}: {value}" for name, value in self.headers.items())]
        return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + self.body


class ChaosProxy:
    """One request for each connection. `chaos` may be changed at any time; `counts` says what happened."""

    def __init__(self, upstream: int, seed: int) -> None:
        self.chaos, self.counts = Chaos(), Counter[str]()
        self._upstream, self._luck = upstream, random.Random(seed)
        self._loop, self._serving = asyncio.new_event_loop(), set[asyncio.Task[None]]()
        self._started = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._started.wait(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, limit=_LIMIT, backlog=200)
        )
        self.port: int = server.sockets[0].getsockname()[1]
        self._started.set()
        self._loop.run_forever()
        server.close()
        while self._serving:
            for task in self._serving:
                task.cancel()
            self._loop.run_until_complete(asyncio.wait(set(self._serving)))
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Asyncio itself keeps no hold on the task of a connection that its caller has left."""
        task = asyncio.current_task()
        assert task
        self._serving.add(task)
        try:
            await self._exchange(reader, writer, self.chaos)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            self.counts["broken off"] += 1
            writer.transport.abort()
        finally:
            writer.close()
            self._serving.discard(task)

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, chaos: Chaos) -> None:
        if chaos.silent:
            self.counts["silence"] += 1
            await asyncio.sleep(3600)
        request = await _request(reader, writer, chaos.rate)
        self.counts[request.start.partition(" ")[0]] += 1
        kind = self._luck.random()
        if chaos.denied:
            writer.write(_BROKEN.replace(b"503 Slow Down", b"403 Forbidden").replace(b"SlowDown", b"NoAccess"))
        elif kind < chaos.errors:
            self.counts["503"] += 1
            writer.write(_BROKEN)
        elif kind < chaos.errors + chaos.resets / 2:
            self._reset(writer)
        else:
            answer = await self._ask(self._flipped(request, chaos.flipped_requests))
            if kind < chaos.errors + chaos.resets:
                return self._reset(writer)
            await asyncio.sleep(chaos.latency)
            await self._send(writer, self._flipped(answer, chaos.flips), chaos)
        await writer.drain()
        return None

    async def _ask(self, request: Message) -> Message:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._upstream, limit=_LIMIT)
        try:
            writer.write(request.bytes())
            start, headers = await _head(reader)
            body = await reader.read(-1) if not request.start.startswith("HEAD") else b""
        finally:
            writer.close()
        return Message(start, _for_one(headers), body)

    async def _send(self, writer: asyncio.StreamWriter, answer: Message, chaos: Chaos) -> None:
        whole = answer.bytes()
        if chaos.cut_at is not None and len(answer.body) > chaos.cut_at:
            self.counts["cut"] += 1
            whole = whole[: len(whole) - len(answer.body) + chaos.cut_at]
        if chaos.drip_after is not None and len(answer.body) > chaos.drip_after:
            return await _drip(writer, whole)
        if not chaos.rate:
            return writer.write(whole)
        for place in range(0, len(whole), _BLOCK):
            writer.write(whole[place : place + _BLOCK])
            await writer.drain()
            await asyncio.sleep(_BLOCK / chaos.rate)
        return None

    def _flipped(self, message: Message, share: float) -> Message:
        if not message.body or self._luck.random() >= share:
            return message
        self.counts["flipped"] += 1
        body = bytearray(message.body)
        body[self._luck.randrange(len(body))] ^= 1
        return replace(message, body=bytes(body))

    def _reset(self, writer: asyncio.StreamWriter) -> None:
        self.counts["reset"] += 1
        known: socket.socket = writer.get_extra_info("socket")
        known.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()


async def _drip(writer: asyncio.StreamWriter, whole: bytes) -> None:
    head = whole.index(b"\r\n\r\n") + 4
    writer.write(whole[:head])
    for byte in whole[head:]:
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0.1)


async def _head(reader: asyncio.StreamReader) -> tuple[str, dict[str, str]]:
    lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines[1:] if line)
    return lines[0], {name.strip(): value.strip() for name, _, value in pairs}


async def _request(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, rate: float) -> Message:
    start, headers = await _head(reader)
    known = {name.lower(): value for name, value in headers.items()}
    if known.get("expect") == "100-continue":
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
    left, body = int(known.get("content-length", "0")), bytearray()
    while left:
        block = await reader.readexactly(min(left, _BLOCK))
        body += block
        left -= len(block)
        if rate:
            await asyncio.sleep(len(block) / rate)
    return Message(start, _for_one(headers), bytes(body))


def _for_one(headers: dict[str, str]) -> dict[str, str]:
    """Nothing is kept open, and nobody is asked to wait."""
    kept = {name: value for name, value in headers.items() if name.lower() not in ("connection", "expect")}
    return {**kept, "Connection": "close"}


@contextmanager
def chaos_proxy(upstream: int, seed: int = 15) -> Iterator[ChaosProxy]:
    proxy = ChaosProxy(upstream, seed)
    try:
        yield proxy
    finally:
        proxy.close()
