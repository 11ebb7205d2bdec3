"""The forms of the knowledge base from the command line: list, export, import. ``kb show`` shows one with its history."""

from __future__ import annotations

from pathlib import Path

import click

from bot import settings
from bot.commands.kb import kb
from procedures_kb import form_files, form_library, sources
from procedures_kb.store import Store, today


@kb.command()
def forms() -> None:
    """List the forms in force: id, official id, dates, procedures.

    Example: ./motcua kb forms
    """
    entries = Store(settings.load().kb_path).forms()
    for entry in entries:
        form = entry.form
        assert form is not None
        official = form.official
        until = f" to {official.effective_to}" if official.effective_to else ""
        state = "valid" if form_library.valid(form, today()) else "not valid today"
        codes = " ".join(edition.procedure for edition in form.editions)
        click.echo(f"{form.id}  {official.id}, from {official.effective_from}{until}, {state}, release {entry.release}")
        click.echo(f"    {form.title}: {codes}")
    if not entries:
        click.echo("no form is published; load those that ship with: ./motcua kb load")


@kb.command("export-form")
@click.argument("form_id")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--version", type=int, help="An earlier version by its number (see kb show).")
def export_form(form_id: str, file: Path, version: int | None) -> None:
    """Write one form to a YAML file, as ``docs/forms.md`` describes it; import-form reads it back unchanged.

    Example: ./motcua kb export-form ket_hon ket_hon.yml
    """
    store = Store(settings.load().kb_path)
    entry = store.get(form_id) if version is None else store.at_version(version)
    if entry.form is None or entry.code != form_id:
        raise click.UsageError(f"{form_id} is no form; list them with: ./motcua kb forms")
    temporary = file.with_name(f".{file.name}.part")
    temporary.write_text(form_files.write(entry.form), encoding="utf-8")
    temporary.replace(file)
    click.echo(f"{form_id}, version {entry.version}, written to {file}")


@kb.command("import-form")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_form(files: tuple[Path, ...]) -> None:
    """Take forms in from YAML files: a new one is published, a changed one waits for staff (kb drafts).

    All files are checked first; with any fault nothing is taken.

    Example: ./motcua kb import-form ket_hon.yml
    """
    store = Store(settings.load().kb_path)
    read = [form_files.read(file) for file in files]
    if found := [
        form_files.LineFault(file.name, 1, fault.field, fault.message)
        for file, form in zip(files, read, strict=True)
        for fault in form_library.faults_in(store, form)
    ]:
        raise form_files.FormFault(found)
    with store.transaction():
        outcomes = [(form, sources.take_reviewed(store, form, "command line")) for form in read]
        if fresh := [form for form, outcome in outcomes if outcome == "taken"]:
            store.publish_all(fresh, "command line", f"import: {', '.join(form.id for form in fresh)}")
    words = {"taken": "new, published", "changed": "differs, waits as a draft: ./motcua kb drafts", "same": "unchanged"}
    for form, outcome in outcomes:
        click.echo(f"{form.id}: {words[outcome]}")
