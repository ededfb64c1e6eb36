"""Analysers on a real socket: pieces, two at once, a connection that dies, the same again, and what is no message."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from region.formats import hl7
from region.interop.listening import Reception, Sender, open_server, senders_of
from tests.region.sampling import tubes
from tests.region.sampling.ground import Ground, running_round

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture
def ground(world):  # type: ignore[no-untyped-def]
    return running_round(world)


def oru(ground: Ground, control: str, *orders: tuple[str, str], facility: str = "LAB7", **more: str) -> bytes:
    """A message with these orders: the code of a tube and a result in words."""
    at = f"{ground.world.clock.at + timedelta(hours=8):%Y%m%d%H%M%S}"
    kind, processing = more.get("kind", "R01"), more.get("processing", "P")
    lines: list[list[hl7.writing.Value]] = [
        ["MSH", "LIS", facility, "", "", at, "", ["ORU", kind], control, processing, "2.5"],
        ["PID", "1", "", "990106195001010001", "", ["王", "雨桐"]],
    ]
    for n, (code, result) in enumerate(orders, 1):
        lines.append(["OBR", str(n), "", f"{control}-{n}"])
        lines.append(["OBX", "1", "CWE", ["94500-6", "RNA", "LN"], "", ["", result], *[""] * 5, "F"])
        lines.append(["OBX", "2", "NM", ["94745-7", "Ct", "LN"], "", "30.5", *[""] * 5, "F"])
        lines.append(["SPM", str(n), [code]])
    return hl7.write(lines)


@asynccontextmanager
async def heard(ground: Ground) -> AsyncIterator[int]:
    """The listener on a port of its own."""
    senders = {"LAB7": Sender(ground.lab.code), "NOWHERE": Sender("none")}
    server = await open_server(Reception(ground.world.office, senders), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()


def talk(ground: Ground, words: Talk) -> None:
    """Open a connection, say these words, and close it."""

    async def both() -> None:
        async with heard(ground) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            await asyncio.wait_for(words(reader, writer), 20)
            writer.close()
            await writer.wait_closed()

    asyncio.run(both())


async def answer(reader: asyncio.StreamReader) -> tuple[str, str, list[tuple[str, str]]]:
    """The next acknowledgement: its code, whose it is, and its faults by place."""
    data = await reader.readuntil(b"\x1c\x0d")
    message = hl7.parse(data[1:-2])
    errors = [one for one in message.segments if one.name == "ERR"]
    places = [("^".join(filter(None, (one.text(2, n) for n in (1, 2, 3)))), one.text(3)) for one in errors]
    return message.segments[1].text(1), message.segments[1].text(2), places


def test_pieces_and_two_in_one_packet(ground: Ground) -> None:
    one, two, three = (tubes.tube(ground) for _ in range(3))

    async def words(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = hl7.framed(oru(ground, "M1", (one.code, "阴性")))
        for piece in (first[:1], first[1:40], first[40:-1], first[-1:]):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        assert await answer(reader) == ("AA", "M1", [])
        assert tubes.stands(ground, one.code).result == "negative", "kept before it was answered"
        both = [oru(ground, "M2", (two.code, "Detected")), oru(ground, "M3", (three.code, "neg"))]
        writer.write(b"".join(map(hl7.framed, both)))
        assert [await answer(reader), await answer(reader)] == [("AA", "M2", []), ("AA", "M3", [])]

    talk(ground, words)
    assert tubes.stands(ground, two.code).result == "positive"
    assert tubes.days(ground) == [(3, 1)]
    (row,) = {entry.actor for entry in tubes.told(ground, "ResultsReported")}
    assert row == f"site:{ground.lab.id}"


def test_at_06_a_connection_that_dies_before_the_answer_and_the_message_again(ground: Ground) -> None:
    pool = tubes.tube(ground)
    message = hl7.framed(oru(ground, "M1", (pool.code, "positive")))

    async def dies(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(message)
        await writer.drain()
        writer.transport.abort()
        while tubes.stands(ground, pool.code).result is None:
            await asyncio.sleep(0.02)

    async def again(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(message)
        assert await answer(reader) == ("AA", "M1", [])

    talk(ground, dies)
    talk(ground, again)
    assert tubes.days(ground) == [(1, 1)] and len(tubes.told(ground, "PoolPositive")) == 1


def test_what_cannot_be_taken_is_answered_by_its_place_and_the_rest_stands(ground: Ground) -> None:
    pool, gone = tubes.tube(ground), tubes.tube(ground, state="rejected", reject_reason="leaking")
    said: dict[str, tuple[str, str, list[tuple[str, str]]]] = {}

    async def words(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        mixed = (pool.code, "阴性"), (gone.code, "阴性"), ("", "阴性"), (pool.code, "maybe")
        for name, message in {
            "mixed": oru(ground, "M1", *mixed),
            "stranger": oru(ground, "M2", (pool.code, "阳性"), facility="LAB8"),
            "nowhere": oru(ground, "M3", (pool.code, "阳性"), facility="NOWHERE"),
            "training": oru(ground, "M4", (pool.code, "阳性"), processing="T"),
            "other": oru(ground, "M5", (pool.code, "阳性"), kind="R30"),
            "poison": b"MSH|^~\\&|\xff\xfe",
            "good": oru(ground, "M6", (tubes.tube(ground).code, "阴性")),
        }.items():
            writer.write(hl7.framed(message))
            said[name] = await answer(reader)

    talk(ground, words)
    assert said == {
        "mixed": ("AE", "M1", [("OBX^7^5", "103"), ("SPM^2^2", "204")]),
        "stranger": ("AE", "M2", [("MSH^1^4", "103")]),
        "nowhere": ("AE", "M3", [("MSH^1^4", "103")]),
        "training": ("AR", "M4", [("MSH^1^11", "202")]),
        "other": ("AR", "M5", [("MSH^1^9", "201")]),
        "poison": ("AE", "", [("MSH^1^18", "102")]),
        "good": ("AA", "M6", []),
    }
    assert tubes.stands(ground, pool.code).result == "negative"
    refused = ground.world.journal("interop.MessageRefused")
    assert len(refused) == 6 and {one.data["way"] for one in refused} == {"hl7"}
    assert "雨桐" not in str([one.data for one in refused])


def test_senders_as_they_stand_in_the_settings() -> None:
    assert senders_of("A = 990100001 , B=990100002@7,") == {
        "A": Sender("990100001"),
        "B": Sender("990100002", 7),
    }
    for wrong in ("A", "A=", "=1", "A=1@x"):
        with pytest.raises(ValueError):
            senders_of(wrong)
