"""`region backup` and `region restore`: everything of a region in one file, its keys apart in another."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from region.cli import context
from region.settings import Settings
from region.spine.errors import Refused

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("file", type=FILE)
@click.option("--keys", type=FILE, help="write the keys to this file; keep it away from the backup")
def backup(file: Path, keys: Path | None) -> None:
    """Write the database (as of one moment, while work goes on) and the files to FILE, a .tar.

    FILE holds personal data. Without the keys, what is sealed in it cannot be opened.
    """
    from region.cli import archive

    found = context.settings()
    office = context.office(found)
    made_at = office.clock.instant().isoformat(timespec="seconds")
    if keys is not None and keys.exists():
        raise Refused("file-exists", file=str(keys))
    manifest = archive.save(office.engine, office.installation.files_dir, file, made_at)
    lines = sum(one["rows"] for one in manifest["tables"])
    click.echo(f"{file}: {lines} rows, {len(manifest['files'])} files, revision {manifest['revision']}")
    if keys is None:
        click.echo("the keys are not in it: keep REGION_SECRETS_DIR safe apart, or use --keys FILE")
        return
    click.echo(f"{keys}: {archive.save_keys(found.secrets_path, found.keys_path, keys)} keys")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--into", required=True, metavar="DIR|URL", help="an empty folder, or an empty database's URL")
@click.option(
    "--keys", type=click.Path(path_type=Path, dir_okay=False, exists=True), help="the file of the keys"
)
@click.option(
    "--destroyed",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help="the newest keys/destroyed.jsonl: what it names is destroyed again",
)
def restore(file: Path, into: str, keys: Path | None, destroyed: Path | None) -> None:
    """Bring FILE back: into an empty folder (SQLite, files, keys), or into an empty database by its URL.

    With a URL the files go to REGION_DATA_DIR and the keys to REGION_SECRETS_DIR. What was destroyed after the backup
    was made is destroyed again: by the list beside the keys, that in the file of the keys, and --destroyed.
    """
    from region.cli import archive
    from region.people.vault import ended_in, note_ended
    from region.spine.db import connect

    target = _target(into)
    with archive.open_tar(file) as tar:
        manifest = archive.read_manifest(tar)
        archive.verify(tar, manifest)
        target.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        engine = connect(target.database)
        try:
            archive.bring_back(tar, manifest, engine)
        finally:
            engine.dispose()
        archive.bring_back_files(tar, manifest, target.data_dir / "files")
    lines = sum(one["rows"] for one in manifest["tables"])
    click.echo(f"restored {lines} rows and {len(manifest['files'])} files of {manifest['made_at']}")
    if keys is not None:
        click.echo(f"restored {archive.bring_back_keys(keys, target.secrets_path, target.keys_path)} keys")
    if destroyed is not None:
        note_ended(target.keys_path, ended_in(destroyed))
    again = _destroy_again(target)
    if again:
        click.echo(f"destroyed again what was collected on {again} grounds")


def _destroy_again(target: Settings) -> int:
    """What the list beside the keys names goes from the database that came back, in each realm; how many grounds."""
    from region.app import all_flows
    from region.people.actions.shredding import reapply
    from region.people.vault import ended_in, list_path
    from region.spine.actor import system_actor
    from region.spine.clock import Clock
    from region.spine.db import connect
    from region.spine.installation import Installation
    from region.spine.rulebook import Rulebook
    from region.spine.seal import Seal
    from region.spine.work import Office

    realms = sorted({one.realm for one in ended_in(list_path(target.keys_path))})
    if not realms:
        return 0
    # To destroy, nothing is opened: a seal of this installation's own would be made here before its keys come.
    here = Installation(target.data_dir / "files", target.keys_path, Seal(b""))
    engine = connect(target.database)
    office = Office(engine, Clock(zone=target.time_zone), all_flows(), Rulebook.shipped(), here)
    done = 0
    try:
        for realm in realms:
            with office.work(system_actor(realm)) as w:
                done += reapply(w)
    finally:
        engine.dispose()
    return done


def _target(into: str) -> Settings:
    """Where to restore to, as settings; what must be empty is looked at before anything is written."""
    if "://" in into:
        found = replace(context.settings(), database_url=into)
    else:
        found = Settings(data_dir=Path(into).absolute())
        if found.data_dir.exists() and any(found.data_dir.iterdir()):
            raise Refused("place-not-empty", place=str(found.data_dir), found="files")
    folder = found.data_dir / "files"
    if folder.exists() and any(folder.iterdir()):
        raise Refused("place-not-empty", place=str(folder), found="files")
    return found
