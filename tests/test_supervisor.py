"""The supervisor with real processes: order, readiness, restarts, an orderly end, and nothing left behind."""

import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from region.supervisor import (
    Child,
    StartFailed,
    Supervisor,
    free_port,
    page_answers,
    port_answers,
    valkey_answers,
    valkey_argv,
)

ROOT = Path(__file__).parent.parent
SLEEPER = [sys.executable, "-c", "import time; time.sleep(600)"]


def eventually(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        time.sleep(0.02)


def is_alive(number: int) -> bool:
    try:
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def sleeper(name: str, stop_seconds: float = 5) -> Child:
    return Child(name, SLEEPER, {}, None, stop_seconds)


def valkey_child(folder: Path, port: int, password: str | None = None) -> Child:
    argv = valkey_argv(port, folder, password)
    return Child("valkey", argv, {}, lambda: valkey_answers(port, password), 5)


@contextmanager
def supervised_elsewhere(body: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A supervisor in a process of its own; it prints NAME=PID for each child, then runs on."""
    script = """
        import sys
        from pathlib import Path
        from region.supervisor import *
        folder = Path(sys.argv[1])
        sleep = [sys.executable, "-c", "import time; time.sleep(600)"]
        supervisor = Supervisor({children}, folder / "logs", say=lambda words: None)
        supervisor.start()
        print(*(f"{{name}}={{pid}}" for name, pid in supervisor.pids().items()), flush=True)
        supervisor.run_forever()
        print("ended in order", flush=True)
    """
    program = textwrap.dedent(script).format(children=body)
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def numbers_of(process: subprocess.Popen[str]) -> dict[str, int]:
    assert process.stdout is not None
    return {name: int(pid) for name, pid in (word.split("=") for word in process.stdout.readline().split())}


def test_children_start_in_order_each_when_the_one_before_is_ready(tmp_path: Path) -> None:
    flag, said = tmp_path / "flag", list[str]()
    maker = [sys.executable, "-c", f"open({str(flag)!r}, 'w'); import time; time.sleep(600)"]
    needs = [sys.executable, "-c", f"open({str(flag)!r}); import time; time.sleep(600)"]
    children = [Child("maker", maker, {}, flag.exists, 5), Child("needs", needs, {}, None, 5)]
    supervisor = Supervisor(children, tmp_path / "logs", said.append)
    supervisor.start()
    try:
        assert [line.split()[0] for line in said] == ["maker", "needs"]
        assert all(is_alive(pid) for pid in supervisor.pids().values())
    finally:
        supervisor.stop()
    assert supervisor.pids() == {}


def test_a_killed_valkey_comes_back_with_its_data(tmp_path: Path) -> None:
    port, said = free_port(), list[str]()
    supervisor = Supervisor([valkey_child(tmp_path / "data", port, 'pa"ss')], tmp_path / "logs", said.append)
    supervisor.start()
    first = supervisor.pids()["valkey"]

    def kill_then_ask() -> None:
        try:
            connection = redis.Redis(port=port, password='pa"ss')
            connection.set("tube", "7")
            os.kill(first, signal.SIGKILL)
            eventually(lambda: any("ready again" in line for line in said), "valkey is ready again")
            said.append(f"kept {connection.get('tube')!r}")
            connection.close()
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    visitor = threading.Thread(target=kill_then_ask)
    visitor.start()
    supervisor.run_forever()
    visitor.join()
    assert any("ended with -9; starting it again in 0.2 s" in line for line in said)
    assert said[-1] == "kept b'7'"
    assert not port_answers(port)


def test_nothing_is_left_after_the_supervisor_is_killed(tmp_path: Path) -> None:
    children = (
        "[Child('valkey', valkey_argv(free_port(), folder / 'data', None), {}, None, 5), "
        "Child('deaf', ['/bin/sh', '-c', 'trap \"\" TERM INT HUP; while :; do sleep 1; done'], {}, None, 5), "
        "Child('sleeper', sleep, {}, None, 5)]"
    )
    with supervised_elsewhere(children, tmp_path) as process:
        numbers = numbers_of(process)
        assert sorted(numbers) == ["deaf", "sleeper", "valkey"]
        assert all(is_alive(pid) for pid in numbers.values())
        process.kill()
        eventually(lambda: not any(is_alive(pid) for pid in numbers.values()), "all children are gone")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything_in_order(tmp_path: Path, number: signal.Signals) -> None:
    children = "[Child('a', sleep, {}, None, 5), Child('b', sleep, {}, None, 5)]"
    with supervised_elsewhere(children, tmp_path) as process:
        numbers = numbers_of(process)
        process.send_signal(number)
        assert process.stdout is not None
        assert process.stdout.readline() == "ended in order\n"
        assert process.wait(10) == 0
        assert not any(is_alive(pid) for pid in numbers.values())


def test_the_last_started_is_stopped_first_and_the_deaf_is_killed(tmp_path: Path) -> None:
    told, said = tmp_path / "told", list[str]()
    words = "import signal, sys, time; "
    words += "signal.signal(15, lambda *_: (open(sys.argv[1], 'a').write(sys.argv[2]), {0})); "
    words += "open(sys.argv[1] + sys.argv[2], 'w'); [time.sleep(0.05) for _ in iter(int, 1)]"

    def child(name: str, then: str, stop_seconds: float) -> Child:
        argv = [sys.executable, "-c", words.format(then), str(told), name]
        return Child(name, argv, {}, Path(f"{told}{name}").exists, stop_seconds)

    children = [child("a", "sys.exit()", 10), child("b", "None", 0.3), child("c", "sys.exit()", 10)]
    supervisor = Supervisor(children, tmp_path / "logs", said.append)
    supervisor.start()
    deaf = supervisor.pids()["b"]
    supervisor.stop()
    assert told.read_text() == "cba"
    assert not is_alive(deaf)
    assert said[-1].startswith("b did not stop")


def test_what_a_dead_child_left_in_its_group_is_ended(tmp_path: Path) -> None:
    left = tmp_path / "left"
    argv = ["/bin/sh", "-c", f"sleep 600 & echo $! > {left}.new; mv {left}.new {left}; wait"]
    supervisor = Supervisor(
        [Child("parent", argv, {}, left.exists, 5)], tmp_path / "logs", lambda words: None
    )
    supervisor.start()
    number = int(left.read_text())
    supervisor.stop()
    eventually(lambda: not is_alive(number), "the grandchild is gone")
    assert not is_alive(number)


def test_a_child_that_cannot_start_stops_the_rest_and_shows_its_last_words(tmp_path: Path) -> None:
    broken = Child("web", [sys.executable, "-c", "raise SystemExit('port is taken')"], {}, lambda: False, 5)
    supervisor = Supervisor([sleeper("first"), broken], tmp_path / "logs", lambda words: None)
    with pytest.raises(StartFailed, match=r"web ended with 1.*\n.*port is taken"):
        supervisor.start()
    assert supervisor.pids() == {}


def test_restarts_wait_longer_each_time(tmp_path: Path) -> None:
    said, ends = list[str](), tmp_path / "ends"
    argv = ["/bin/sh", "-c", f"[ -e {ends} ] && exit 3; sleep 600"]
    supervisor = Supervisor([Child("worker", argv, {}, None, 5)], tmp_path / "logs", said.append)
    supervisor.start()
    ends.touch()
    os.kill(supervisor.pids()["worker"], signal.SIGKILL)

    def end_after_three() -> None:
        try:
            eventually(lambda: sum("starting it again" in line for line in said) >= 3, "three deaths")
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    watcher = threading.Thread(target=end_after_three)
    watcher.start()
    supervisor.run_forever()
    watcher.join()
    assert [line.split()[-2] for line in said if "starting it again" in line][:3] == ["0.2", "0.4", "0.8"]


def test_one_region_is_run_once(tmp_path: Path) -> None:
    first = Supervisor([sleeper("a")], tmp_path / "logs", lambda words: None)
    first.start()
    try:
        with pytest.raises(StartFailed, match="already running"):
            Supervisor([sleeper("a")], tmp_path / "logs", lambda words: None).start()
        assert is_alive(first.pids()["a"])
    finally:
        first.stop()
    again = Supervisor([sleeper("a")], tmp_path / "logs", lambda words: None)
    again.start()
    again.stop()


def test_starting_from_another_thread_is_refused(tmp_path: Path) -> None:
    caught: list[BaseException] = []

    def start() -> None:
        try:
            Supervisor([sleeper("a")], tmp_path / "logs").start()
        except StartFailed as error:
            caught.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert len(caught) == 1


def test_output_and_environment_of_a_child(tmp_path: Path) -> None:
    argv = ["/bin/sh", "-c", "echo $REGION_TEST_WORD; echo trouble >&2; sleep 600"]
    logs = tmp_path / "logs"
    log = logs / "web.log"
    ready = lambda: log.exists() and "trouble" in log.read_text()  # noqa: E731
    supervisor = Supervisor(
        [Child("web", argv, {"REGION_TEST_WORD": "hello"}, ready, 5)], logs, lambda words: None
    )
    supervisor.start()
    supervisor.stop()
    assert log.read_text() == "hello\ntrouble\n"


def test_the_password_is_in_a_private_file_and_not_on_the_command_line(tmp_path: Path) -> None:
    argv = valkey_argv(free_port(), tmp_path / "a folder", "se cret")
    settings = tmp_path / "a folder" / "valkey.conf"
    assert "se cret" not in " ".join(argv)
    assert stat.S_IMODE(settings.stat().st_mode) == 0o600
    assert {
        'requirepass "se cret"',
        "appendonly yes",
        "appendfsync everysec",
        'save ""',
        "bind 127.0.0.1",
    } <= set(settings.read_text().splitlines())


def test_a_port_that_nothing_serves_is_not_ready() -> None:
    port = free_port()
    assert not port_answers(port)
    assert not valkey_answers(port, None)
    assert not page_answers(port, "/")


def test_a_page_is_ready_when_it_answers_without_an_error(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "here.txt").write_text("yes")
    argv = [
        sys.executable,
        "-m",
        "http.server",
        str(port),
        "--bind",
        "127.0.0.1",
        "--directory",
        str(tmp_path),
    ]
    web = Child("web", argv, {}, lambda: page_answers(port, "/here.txt"), 5)
    supervisor = Supervisor([web], tmp_path / "logs", lambda words: None)
    supervisor.start()
    try:
        assert not page_answers(port, "/missing.txt")
        assert port_answers(port)
    finally:
        supervisor.stop()
