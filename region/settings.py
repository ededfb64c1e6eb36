"""All that the environment may decide: read once, frozen, passed on; nothing else looks at the environment."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Settings:
    """Settings of one installation. Each is an environment variable ``REGION_`` + its name in capitals."""

    data_dir: Path = Path("data")
    """Where everything of this installation lies: database, files, logs, secrets."""
    database_url: str = ""
    """sqlite:///FILE or postgresql+psycopg://…; empty means SQLite in `data_dir`."""
    redis_url: str = ""
    """redis://HOST:PORT/0; empty means that the start command brings its own server."""
    secrets_dir: Path | None = None
    """Folder with the keys, readable by the owner alone; systemd credentials in production."""
    host: str = "127.0.0.1"
    """Address that the web server listens on."""
    port: int = 8080
    """Port of the web server; 0 takes a free one."""
    zone: str = "Asia/Shanghai"
    """Time zone of the region's days."""
    demo: bool = False
    """The demonstration: printed passwords and no second factor; refuses any address but loopback."""
    public_url: str = ""
    """Address under which clinics reach this installation; used in QR codes and links."""
    lanes: int = 2
    """Worker processes that fan directives out."""
    web_workers: int = 2
    """Processes of the web server."""
    web_threads: int = 300
    """Threads of each web process; one open screen holds one."""
    max_upload_mb: int = 64
    """Largest upload taken."""
    proxies: int = 0
    """Reverse proxies in front of the web server, whose word about the caller's address is believed; nginx is 1."""
    duty_phone: str = ""
    """Telephone of the duty desk, shown to clinics."""
    mllp_port: int = 0
    """Port on which analysers hand in results (HL7 over MLLP); 0 starts no such listener."""
    mllp_host: str = "127.0.0.1"
    """Address on which they are heard."""
    mllp_senders: str = ""
    """Who may hand in: ``FACILITY=SITE`` by commas, the sender's name (MSH-4) and the code of its laboratory here;
    ``FACILITY=SITE@7`` reports into exercise 7."""
    mllp_cert: Path | None = None
    """Certificate chain (PEM) with which the listener speaks TLS; empty speaks plainly."""
    mllp_key: Path | None = None
    """Private key (PEM) of that certificate."""
    mllp_clients: Path | None = None
    """Authorities (PEM) one of which must have signed an analyser's own certificate; empty asks for none."""
    channels: Mapping[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    """How orders leave the house: ``REGION_CHANNELS_SMS_URL`` is field `url` of channel `sms`. A secret may lie in a
    file of the secrets folder instead, named ``channel.sms.key``. A channel with no field is switched off."""

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; a value that does not parse is refused with the name of its variable."""
        env = os.environ if env is None else env
        given = {
            f.name: env[f"REGION_{f.name.upper()}"] for f in fields(cls) if f"REGION_{f.name.upper()}" in env
        }
        plain = {name: _parse(name, str(_TYPES[name]), text) for name, text in given.items()}
        return cls(**plain, channels=_channels(env))  # type: ignore[arg-type]

    @property
    def database(self) -> str:
        """The database's URL, the embedded default included."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'region.sqlite').absolute()}"

    @property
    def secrets_path(self) -> Path:
        return self.secrets_dir or self.data_dir / "secrets"

    @property
    def keys_path(self) -> Path:
        """Where the keys lie with which what is collected about people is closed, one for each incident."""
        return self.data_dir / "keys"

    @property
    def time_zone(self) -> ZoneInfo:
        return ZoneInfo(self.zone)

    def channel_fields(self) -> dict[str, dict[str, str]]:
        """The fields of each channel, those in files of the secrets folder included."""
        found = {channel: dict(fields) for channel, fields in self.channels.items()}
        for path in sorted(self.secrets_path.glob("channel.*.*")):
            _, channel, name = path.name.split(".", 2)
            found.setdefault(channel, {})[name] = path.read_text("utf-8").strip()
        return found

    def secret(self, name: str) -> bytes:
        """A key of 32 random bytes, made at first use in a file that only its owner reads."""
        path = self.secrets_path / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(32))
        return bytes.fromhex(path.read_text().strip())


CHANNELS = "REGION_CHANNELS_"


def _channels(env: Mapping[str, str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, text in env.items():
        if name.startswith(CHANNELS):
            channel, _, part = name.removeprefix(CHANNELS).lower().partition("_")
            found.setdefault(channel, {})[part] = text
    return found


_TYPES = {f.name: f.type for f in fields(Settings)}


def _parse(name: str, kind: str, text: str) -> object:
    try:
        if kind == "int":
            return int(text)
        if kind == "bool":
            return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False, "": False}[
                text.lower()
            ]
    except (ValueError, KeyError):
        raise SystemExit(f"REGION_{name.upper()}={text!r} is not a {kind}") from None
    return Path(text) if "Path" in kind else text
