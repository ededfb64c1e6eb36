"""The real servers of the tests start, keep what they should, can be ill-treated, and leave nothing."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis
from sqlalchemy import create_engine, make_url, text

from tests import servers


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.running_postgres(tmp_path_factory.mktemp("postgres")) as url:
        yield url


def client(valkey: servers.Valkey) -> redis.Redis:
    return redis.Redis.from_url(valkey.url, socket_timeout=0.5, retry=None)


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_valkey_keeps_its_data_over_a_stop_and_over_a_power_failure(tmp_path: Path, end: str) -> None:
    with servers.running_valkey(tmp_path) as valkey, client(valkey) as connection:
        connection.set("tube", "7")
        getattr(valkey, end)()
        with pytest.raises(redis.ConnectionError):
            connection.get("tube")
        valkey.start()
        assert connection.get("tube") == b"7"


def test_a_paused_valkey_answers_nothing_until_it_is_resumed(tmp_path: Path) -> None:
    with servers.running_valkey(tmp_path) as valkey, client(valkey) as connection:
        valkey.pause()
        with pytest.raises(redis.TimeoutError):
            connection.ping()
        valkey.resume()
        assert client(valkey).ping()


def test_two_valkeys_run_side_by_side(tmp_path: Path) -> None:
    with (
        servers.running_valkey(tmp_path / "a") as one,
        servers.running_valkey(tmp_path / "b") as two,
        client(one) as first,
        client(two) as second,
    ):
        first.set("only", "here")
        assert second.get("only") is None


def test_valkey_is_gone_after_its_block_even_when_frozen(tmp_path: Path) -> None:
    with servers.running_valkey(tmp_path) as valkey:
        assert valkey.process is not None
        number = valkey.process.pid
        valkey.pause()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


def test_postgres_serves_sqlalchemy_and_keeps_databases_apart(postgres: str) -> None:
    first, second = servers.fresh_database(postgres), servers.fresh_database(postgres)
    engine, other = create_engine(first), create_engine(second)
    try:
        with engine.begin() as connection:
            connection.execute(text("create table tubes (code text)"))
        with other.connect() as connection:
            assert connection.scalar(text("select to_regclass('tubes')")) is None
    finally:
        engine.dispose()
        other.dispose()


def test_a_fresh_database_can_be_a_copy_of_a_prepared_one(postgres: str) -> None:
    prepared = servers.fresh_database(postgres)
    with servers.plain_connection(prepared) as connection:
        connection.execute("create table tubes as select 'T1' as code")
    name = make_url(prepared).database
    assert name is not None
    copy = servers.fresh_database(postgres, template=name)
    with servers.plain_connection(copy) as connection:
        assert connection.execute("select code from tubes").fetchone() == ("T1",)


def test_a_dropped_database_is_gone_whoever_is_connected(postgres: str) -> None:
    url = servers.fresh_database(postgres)
    with servers.plain_connection(url) as connection:
        servers.drop_database(postgres, url)
        with pytest.raises(psycopg.OperationalError):
            connection.execute("select 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        servers.plain_connection(url)


def test_postgres_has_no_port_and_its_folder_is_closed_to_others(postgres: str) -> None:
    home = Path(str(make_url(postgres).query["host"]))
    assert stat.S_IMODE(home.stat().st_mode) == 0o700
    with servers.plain_connection(postgres) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)


def test_postgres_removes_its_folder_and_leaves_the_parents_of_its_log_alone(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    before = [folder.stat().st_mode for folder in tmp_path.parents]
    with servers.running_postgres(tmp_path) as url:
        home = Path(str(make_url(url).query["host"]))
        number = int((home / "data" / "postmaster.pid").read_text().splitlines()[0])
    assert not home.exists()
    assert [folder.stat().st_mode for folder in tmp_path.parents] == before
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    with pytest.raises(ProcessLookupError):
        os.kill(number, signal.SIGCONT)
