"""Analysers over TLS on a real socket: nothing is read from whoever speaks plainly or shows no certificate."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest

from region.cli.mllp import tls_of
from region.formats import hl7
from region.interop.listening import Reception, Sender, open_server
from region.settings import Settings
from tests.certificates import certified
from tests.region.interop.test_listening import answer, oru
from tests.region.sampling import tubes
from tests.region.sampling.ground import Ground, running_round
from tests.world import World


@pytest.fixture
def ground(sqlite_world: World) -> Ground:
    """On SQLite alone: what is encrypted has no SQL of its own."""
    return running_round(sqlite_world)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A listener with a certificate of its own; analysers show the same one."""
    _, cert = certified(tmp_path)
    return Settings(data_dir=tmp_path, mllp_cert=cert, mllp_key=tmp_path / "key.pem", mllp_clients=cert)


def analyser(settings: Settings, *, shown: bool) -> ssl.SSLContext:
    """An analyser that trusts this listener alone, and shows its certificate or not."""
    assert settings.mllp_cert is not None
    made = ssl.create_default_context(cafile=str(settings.mllp_cert))
    if shown:
        made.load_cert_chain(settings.mllp_cert, settings.mllp_key)
    return made


async def said(ground: Ground, settings: Settings, tls: ssl.SSLContext | None, data: bytes) -> str | None:
    """The code of the acknowledgement, None where the connection ended without one."""
    reception = Reception(ground.world.office, {"LAB7": Sender(ground.lab.code)})
    server = await open_server(reception, "127.0.0.1", 0, tls_of(settings))
    port = server.sockets[0].getsockname()[1]
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
        try:
            writer.write(data)
            return (await asyncio.wait_for(answer(reader), 20))[0]
        finally:
            writer.close()
            await writer.wait_closed()
    except (ssl.SSLError, ConnectionError, asyncio.IncompleteReadError):
        return None
    finally:
        server.close()
        await server.wait_closed()


def test_a_message_is_taken_over_tls(ground: Ground, settings: Settings) -> None:
    pool = tubes.tube(ground)
    data = hl7.framed(oru(ground, "M1", (pool.code, "negative")))
    assert asyncio.run(said(ground, settings, analyser(settings, shown=True), data)) == "AA"
    assert tubes.stands(ground, pool.code).result == "negative"


def test_without_a_certificate_or_without_tls_nothing_is_taken(ground: Ground, settings: Settings) -> None:
    pool = tubes.tube(ground)
    data = hl7.framed(oru(ground, "M1", (pool.code, "negative")))
    for tls in (None, analyser(settings, shown=False)):
        assert asyncio.run(said(ground, settings, tls, data)) is None
    assert tubes.stands(ground, pool.code).result is None
    assert not ground.world.journal("interop.MessageRefused")


def test_an_analyser_needs_no_certificate_where_none_is_asked_for(ground: Ground, settings: Settings) -> None:
    pool = tubes.tube(ground)
    open_to_all = Settings(
        data_dir=settings.data_dir, mllp_cert=settings.mllp_cert, mllp_key=settings.mllp_key
    )
    data = hl7.framed(oru(ground, "M1", (pool.code, "negative")))
    assert asyncio.run(said(ground, open_to_all, analyser(settings, shown=False), data)) == "AA"


def test_without_a_certificate_of_its_own_it_speaks_plainly(tmp_path: Path) -> None:
    assert tls_of(Settings(data_dir=tmp_path)) is None
