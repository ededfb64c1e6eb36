"""The listener for analysers as a process: it ends in order when it is told to, and takes its port again."""

from __future__ import annotations

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from region.formats import hl7
from region.supervisor import free_port, port_answers
from tests.region.cli.conftest import Call, region_argv, region_env
from tests.region.cli.test_serve import until
from tests.region.interop.test_listening import oru
from tests.region.sampling import tubes
from tests.region.sampling.ground import Ground, running_round
from tests.world import World


@contextmanager
def listener(ground: Ground, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`region mllp` on this world's database, from when it hears."""
    world = ground.world
    env = region_env(
        data_dir=world.settings.data_dir,
        database_url=world.database_url,
        mllp_port=port,
        mllp_senders=f"LAB7={ground.lab.code}",
    )
    with (world.folder / f"mllp-{port}.log").open("ab") as log:
        process = subprocess.Popen(region_argv("mllp"), env=env, stdout=log, stderr=log)
    try:
        until(lambda: port_answers(port) or process.poll() is not None, "the listener")
        assert process.poll() is None, (world.folder / f"mllp-{port}.log").read_text()
        yield process
    finally:
        process.kill()
        process.wait()


def handed_in(connection: socket.socket, ground: Ground, number: str, code: str) -> str:
    """An analyser hands in a negative result; the code of its acknowledgement."""
    connection.sendall(hl7.framed(oru(ground, number, (code, "negative"))))
    data = b""
    while not data.endswith(b"\x1c\x0d"):
        more = connection.recv(65_536)
        assert more, "the connection ended without an acknowledgement"
        data += more
    return hl7.parse(data[1:-2]).segments[1].text(1)


def test_it_ends_at_once_with_an_analyser_connected_and_takes_its_port_again(sqlite_world: World) -> None:
    ground = running_round(sqlite_world)
    first, second = tubes.tube(ground), tubes.tube(ground)
    port = free_port()
    with listener(ground, port) as process:
        connection = socket.create_connection(("127.0.0.1", port), 30)
        assert handed_in(connection, ground, "M1", first.code) == "AA"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert connection.recv(1) == b"", "the analyser sees the end and connects again"
        connection.close()
    assert "Traceback" not in (sqlite_world.folder / f"mllp-{port}.log").read_text()
    with listener(ground, port) as process, socket.create_connection(("127.0.0.1", port), 30) as connection:
        assert handed_in(connection, ground, "M2", second.code) == "AA"
        assert handed_in(connection, ground, "M1", first.code) == "AA"
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert [tubes.stands(ground, one.code).result for one in (first, second)] == ["negative"] * 2
    assert tubes.days(ground) == [(2, 0)]


def test_without_a_port_or_with_senders_that_cannot_be_read_it_does_not_start(call: Call) -> None:
    assert call("mllp").returncode != 0
    assert call("mllp", mllp_port=2575, mllp_senders="LAB7").returncode != 0
