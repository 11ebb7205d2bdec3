"""``./motcua kb``: the knowledge base from the command line."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from bot import settings
from procedures_kb import catalog_files
from procedures_kb.importers.registry import import_file
from procedures_kb.store import Store


def _store() -> Store:
    return Store(settings.load().kb_path)


@click.group()
def kb() -> None:
    """Knowledge base: validate, load, show, search, import.

    Example: ./motcua kb validate
    """


@kb.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), default=catalog_files.CATALOG)
def validate(folder: Path) -> None:
    """Check every catalog file; faults name file, line and field.

    Example: ./motcua kb validate
    """
    from procedures_kb.form_model import forms

    procedures = catalog_files.read_all(folder)
    click.echo(f"{len(procedures)} procedures and {len(forms())} forms are valid")


@kb.command()
def load() -> None:
    """Publish catalog records that are new or changed, as one release.

    Example: ./motcua kb load
    """
    store = _store()
    codes = catalog_files.load(store)
    click.echo(f"published {', '.join(codes)} as release {store.release()}" if codes else "nothing new in the catalog")


@kb.command()
@click.argument("code")
@click.option("--version", type=int, help="Show an earlier version by its number (see the history).")
def show(code: str, version: int | None) -> None:
    """Show one procedure as JSON, and its history.

    Example: ./motcua kb show 1.001193
    """
    store = _store()
    entry = store.at_version(version) if version else store.get(code)
    record = entry.procedure or entry.imported
    click.echo(msgspec.json.format(msgspec.json.encode(record), indent=2).decode())
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
