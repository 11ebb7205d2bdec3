"""The pieces run alone: train, gateway, workers, actions, and Rasa's own commands."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--force", is_flag=True, help="Train even when nothing changed.")
def train(force: bool) -> None:
    """Train the model if its inputs changed.

    Example: ./motcua train
    """
    from bot import settings
    from bot.engine import training

    configuration = settings.load()
    if not force and training.is_current(configuration):
        click.echo(f"{configuration.model_path} is up to date")
        return
    click.echo(f"trained {training.train(configuration)}")


@click.command()
def gateway() -> None:
    """Start the gateway alone (workers and action server must run already).

    Example: ./motcua gateway
    """
    from bot.gateway.app import main

    main()


@click.command()
@click.argument("number", type=int, default=0)
def worker(number: int) -> None:
    """Start Rasa worker NUMBER alone, on port MOTCUA_WORKER_PORT + NUMBER.

    Example: ./motcua worker 0
    """
    from bot.engine.worker import main

    main(number)


@click.command()
def workers() -> None:
    """Start all Rasa workers of this machine (MOTCUA_WORKERS); they share one loaded model.

    Example: ./motcua workers
    """
    from bot.engine.workers import main

    main()


@click.command()
def actions() -> None:
    """Start the action server alone.

    Example: ./motcua actions
    """
    from bot.engine.action_server import main

    main()


@click.command(context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def rasa(arguments: tuple[str, ...]) -> None:
    """Pass through to Rasa's own commands; training data is nlu_data/.

    Example: ./motcua rasa data validate
    """
    from bot.engine.rasa_commands import run

    sys.exit(run(list(arguments)))
