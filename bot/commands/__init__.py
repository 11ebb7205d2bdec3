"""The command line: one module per command, each loaded only when it is used, so that starting stays quick."""

from __future__ import annotations

import importlib
import sys

import click

# command → (module, help shown in the list). The function in the module has the command's name.
COMMANDS = {
    "serve": ("bot.commands.serve", "Set up, train if needed, start everything and print where to open the page."),
    "test": ("bot.commands.test", "Run every check and test."),
    "check": ("bot.commands.test", "Run the quick checks only: style, types, data."),
    "kb": ("bot.commands.kb", "Knowledge base: check, publish, import, releases, reports."),
    "users": ("bot.commands.users", "Staff accounts: add, list, password, lock, unlock."),
    "keys": ("bot.commands.keys", "Change the key everything is sealed with: rotate, drop-old."),
    "evaluate": ("bot.commands.evaluate", "Score a file of test rows: linking, oos, dialogues."),
    "explain": ("bot.commands.explain", "Show what every stage of the understanding makes of one message."),
    "fit-cases": ("bot.commands.fit_cases", "Learn how certain a learned case is from nlu_data/cases.jsonl."),
    "fit-context": ("bot.commands.fit_context", "Learn which procedure is meant in the middle of a talk."),
    "fit-networks": ("bot.commands.fit_networks", "Train the networks of procedures and aspects on nlu_data."),
    "fit-ranking": ("bot.commands.fit_ranking", "Learn the ranking weights from nlu_data/linking.jsonl."),
    "bench": ("bot.commands.bench", "Measure speed and memory against the budgets."),
    "stand-in": ("bot.commands.stand_in", "Start a local stand-in of an outside system: zalo, identity."),
    "train": ("bot.commands.parts", "Train the model if its inputs changed."),
    "gateway": ("bot.commands.parts", "Start the gateway alone."),
    "workers": ("bot.commands.parts", "Start all Rasa workers of this machine."),
    "worker": ("bot.commands.parts", "Start one Rasa worker alone."),
    "actions": ("bot.commands.parts", "Start the action server alone."),
    "rasa": ("bot.commands.parts", "Pass through to Rasa's own commands."),
}


class _Lazy(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[name][0])
        command: click.Command = getattr(module, name.replace("-", "_"))
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Một Cửa: the assistant for public administrative procedures.

    Example: ./motcua serve
    """


def main() -> None:
    """Run the command line; known faults are one line with the remedy, not a traceback."""
    from bot.keys import CannotDecrypt
    from bot.settings import SettingError
    from procedures_kb.catalog_files import CatalogError
    from procedures_kb.form_files import FormFault
    from procedures_kb.importers.base import ImportFault
    from procedures_kb.releases import NothingToRollBack, ReleaseFault
    from procedures_kb.sources import BrokenDraft
    from procedures_kb.store import StoreError, UnknownProcedure

    try:
        cli(prog_name="./motcua")
    except (
        SettingError,
        StoreError,
        ImportFault,
        CatalogError,
        BrokenDraft,
        FormFault,
        CannotDecrypt,
        ReleaseFault,
        NothingToRollBack,
    ) as fault:
        sys.exit(f"motcua: {fault}")
    except UnknownProcedure as fault:
        sys.exit(f"motcua: no procedure or form {fault.args[0]}; search with: ./motcua kb search WORDS")
