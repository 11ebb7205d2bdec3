"""``./motcua kb``: the knowledge base from the command line."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import click
import msgspec

from bot import settings
from procedures_kb import catalog_files, form_library, releases, sources
from procedures_kb.importers.export import export as export_records
from procedures_kb.importers.registry import import_file
from procedures_kb.store import Store, today

DAY = click.DateTime(["%Y-%m-%d"])


def _store() -> Store:
    return Store(settings.load().kb_path)


@click.group()
def kb() -> None:
    """Knowledge base: check, publish, import, releases, reports.

    Example: ./motcua kb validate
    """


@kb.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=catalog_files.CATALOG)
def validate(folder: Path) -> None:
    """Check every catalog file and form; faults name file, line and field.

    Example: ./motcua kb validate
    """
    procedures = catalog_files.read_all(folder)
    if folder == catalog_files.CATALOG:
        form_library.check_shipped({procedure.code: procedure for procedure in procedures})
    click.echo(f"{len(procedures)} procedures and {len(form_library.shipped())} forms are valid")


@kb.command()
def load() -> None:
    """Publish catalog records and forms that are new or changed, as one release.

    Example: ./motcua kb load
    """
    store = _store()
    codes = catalog_files.load(store)
    click.echo(f"published {', '.join(codes)} as release {store.release()}" if codes else "nothing new in the catalog")


@kb.command()
@click.argument("code")
@click.option("--version", type=int, help="Show an earlier version by its number (see the history).")
@click.option("--as-of", type=DAY, help="Show the record that held on a day (YYYY-MM-DD).")
def show(code: str, version: int | None, as_of: dt.datetime | None) -> None:
    """Show one procedure or form as JSON, and its history.

    Example: ./motcua kb show 1.001193 --as-of 2026-06-30
    """
    store = _store()
    if version is not None:
        entry = store.at_version(version)
    elif as_of is not None:
        entry = store.as_of(code, as_of.date())
    else:
        entry = store.get(code)
    click.echo(msgspec.json.format(msgspec.json.encode(entry.kept), indent=2).decode())
    for row in store.history(entry.code):
        click.echo(f"# version {row['id']}: {row['state']}, {row['created_at']}, {row['author']}: {row['note']}")


@kb.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", default=10, show_default=True, help="How many to show.")
def search(words: tuple[str, ...], limit: int) -> None:
    """Search names, everyday names and texts; marks may be left out.

    Example: ./motcua kb search giay khai sinh
    """
    found = _store().search(" ".join(words), limit)
    for code, name, state in found:
        click.echo(f"{code}  {state.value:9}  {name}")
    if not found:
        click.echo("nothing found")


@kb.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_(files: tuple[Path, ...]) -> None:
    """Take national records in; each file is all or nothing, and a report says what was taken and doubted.

    Example: ./motcua kb import national-portal-catalogue.jsonl.gz
    """
    store = _store()
    for file in files:
        click.echo("\n".join(import_file(store, file).lines()))


@kb.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """Write every reviewed record to a .json or .yaml file, which import reads back unchanged.

    Example: ./motcua kb export hanoi.yaml
    """
    kind = {".json": "json", ".yaml": "yaml", ".yml": "yaml"}.get(file.suffix)
    if kind is None:
        raise click.UsageError(f"{file.name}: a name ending in .json or .yaml is expected")
    content = export_records(_store(), kind)
    temporary = file.with_name(f".{file.name}.part")
    temporary.write_bytes(content)
    temporary.replace(file)
    click.echo(f"{len(content):,} bytes written to {file}")


@kb.command()
@click.option("--accept", type=int, multiple=True, metavar="NUMBER", help="Put a waiting change in force.")
@click.option("--discard", type=int, multiple=True, metavar="NUMBER", help="Leave what stands.")
def drafts(accept: tuple[int, ...], discard: tuple[int, ...]) -> None:
    """Show changes that imports found and that wait for staff, with their differences; accept or discard them.

    Example: ./motcua kb drafts --accept 5731
    """
    store = _store()
    for version in accept:
        sources.accept(store, version, "command line")
        click.echo(f"{version}: accepted")
    for version in discard:
        sources.discard(store, version)
        click.echo(f"{version}: discarded")
    if accept or discard:
        return
    waiting = sources.drafts(store)
    for draft in waiting:
        click.echo(f"{draft.version}  {draft.code}  {draft.name}  ({draft.source}, {draft.created_at})")
        for change in draft.changes:
            click.echo(f"    {change}")
    for code, source, since in sources.vanished(store):
        click.echo(f"vanished  {code}  from {source} since {since}")
    click.echo(f"{len(waiting)} changes wait")


@kb.command()
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--on", "day", type=DAY, required=True, help="First day it holds (YYYY-MM-DD).")
@click.option("--note", required=True, help="Why: the decision or law.")
def schedule(code: str, file: Path, day: dt.datetime, note: str) -> None:
    """Publish a catalog file on a coming day, at midnight in Hanoi, by itself.

    Example: ./motcua kb schedule 1.014063 new.yml --on 2027-01-01 --note "Thông tư mới"
    """
    procedure = catalog_files.read(file)
    if procedure.code != code:
        raise click.UsageError(f"{file.name} holds {procedure.code}, not {code}")
    version = _store().schedule(procedure, day.date(), "command line", note)
    click.echo(f"version {version} of {code} takes effect on {day:%Y-%m-%d}")


@kb.command()
def release() -> None:
    """Write the file of the release in force, and show its number, notes, differences and checksum.

    Example: ./motcua kb release
    """
    store = _store()
    path = releases.write(store, settings.load().releases_path)
    header = releases.read(path.read_bytes()).header
    click.echo(f"release {header.release} of {header.created_at} by {header.author}: {header.notes}")
    for change in header.changes:
        click.echo(f"  {change['code']}  {change['name']}: {', '.join(change['fields'])}")
    click.echo(f"{path}  {header.records} records, sha256 {header.sha256}")


@kb.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def apply(file: Path) -> None:
    """Verify a release file and make this knowledge base hold exactly what it holds.

    Example: ./motcua kb apply motcua-kb-000012.jsonl.gz
    """
    if file.stat().st_size > releases.LARGEST_FILE:
        raise releases.ReleaseFault(f"{file.name}: larger than {releases.LARGEST_FILE:,} bytes")
    store = _store()
    changed = releases.apply(store, releases.read(file.read_bytes()), f"file {file.name}")
    click.echo(f"release {store.release()} is in force" if changed else "this release is in force already")


@kb.command()
@click.argument("address")
def pull(address: str) -> None:
    """Take the newest release of another installation, verified, if it is newer than ours.

    Example: ./motcua kb pull https://motcua.example.vn
    """
    import aiohttp

    from procedures_kb import release_pull

    store = _store()

    async def take() -> None:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            await release_pull.pull(session, address, store)

    before = store.release()
    try:
        asyncio.run(take())
    except aiohttp.ClientError as fault:
        raise click.ClickException(f"{address} did not answer well: {fault}") from fault
    click.echo(
        f"release {store.release()} is in force" if store.release() != before else f"nothing newer than {before}"
    )


@kb.command()
def rollback() -> None:
    """Undo the release in force in one step: what it changed stands again as before, as a new release.

    Example: ./motcua kb rollback
    """
    number = releases.roll_back(_store(), "command line")
    click.echo(f"rolled back; release {number} is in force")


@kb.command()
@click.option("--on", "day", type=DAY, help="The day to report on; today when left out.")
def coverage(day: dt.datetime | None) -> None:
    """Report procedures × aspects × confidence, and what records lack.

    Example: ./motcua kb coverage
    """
    from procedures_kb.coverage import coverage as report

    procedures = [entry.procedure for entry in _store().entries() if entry.procedure]
    click.echo("\n".join(report(procedures, day.date() if day else today()).lines()))


from bot.commands import kb_forms as kb_forms  # noqa: E402  # adds the commands of the forms
