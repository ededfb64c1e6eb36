"""What `region run` prints once it serves: the address, and who may sign in to look at what."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from region.cli.teller import Teller
from region.places.models import Place
from region.settings import Settings
from region.spine.actor import system_actor
from region.spine.i18n import pick
from region.spine.work import Office

PAGES = (("dispatch.acknowledge", "/inbox"), ("dispatch.compose", "/desk"), ("board.read", "/board"))


def is_empty(office: Office) -> bool:
    """Whether no place was loaded yet."""
    with office.work(system_actor(), reading=True) as w:
        return not w.session.scalar(select(func.count()).select_from(Place))


def lines(found: Settings, office: Office, tell: Teller) -> list[str]:
    """The welcome; of a real region that has no account yet, how to begin."""
    address = f"http://{found.host}:{found.port}"
    told = [tell.words("WiNEX Region is at {address} – Ctrl-C ends it.", address=address)]
    told += [f"  {address}{page}" for page in ("/board", "/desk", "/inbox")]
    if found.demo:
        from region.exercise.load import DEMO_PASSWORD

        told += [
            "",
            tell.words("Demonstration only. Password of every account: {password}", password=DEMO_PASSWORD),
        ]
        return told + [
            f"  {login:<16} {page:<8} {role}"
            for login, page, role in _demo_accounts(office.rules.roles, tell.lang)
        ]
    if is_empty(office):
        told += ["", tell.words("Nothing is loaded yet. In another terminal, with the same settings:")]
        told += [
            f"  REGION_DATA_DIR={found.data_dir} region load areas FILE",
            f"  REGION_DATA_DIR={found.data_dir} region load sites FILE",
            f"  REGION_DATA_DIR={found.data_dir} region account administrator LOGIN",
        ]
    return told


def _demo_accounts(roles: dict[str, Any], lang: str) -> list[tuple[str, str, str]]:
    """The named accounts: the login, the page to look at first, the role's name."""
    from region.exercise.load import NAMED

    return [
        (one.login, _page(roles[one.role]["capabilities"]), pick(lang, **roles[one.role]["name"]))
        for one in NAMED
    ]


def _page(capabilities: list[str]) -> str:
    return next((page for capability, page in PAGES if capability in capabilities), "/")
