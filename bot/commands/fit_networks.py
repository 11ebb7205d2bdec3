"""``./motcua fit-networks``: train the networks that ship beside the linear models."""

from __future__ import annotations

import time

import click

NAMES = ("procedures", "aspects", "cases")


@click.command("fit-networks")
@click.argument("only", nargs=-1, type=click.Choice(NAMES))
def fit_networks(only: tuple[str, ...]) -> None:
    """Train the networks of procedures, aspects and cases on nlu_data (two minutes).

    Afterwards run fit-cases, fit-ranking and fit-context, which learn how far to trust them.

    Example: ./motcua fit-networks
    """
    from bot.nlu import aspect_network, aspect_training, case_network, case_training, talk_network, talk_training
    from bot.nlu.confirmed import confirmed_messages, questions_that_name_nothing, told_by_code
    from procedures_kb import catalog_files

    for name in only or NAMES:
        weights = {"procedures": talk_network, "aspects": aspect_network, "cases": case_network}[name].WEIGHTS
        started = time.perf_counter()
        if name == "procedures":
            network = talk_training.train(confirmed_messages())
        elif name == "aspects":
            network = aspect_training.train(aspect_training.asking())
        else:
            network = case_training.train(catalog_files.read_all(), told_by_code(), questions_that_name_nothing())
        network.save(weights)
        size = weights.stat().st_size / 1e6
        click.echo(
            f"{name}: {len(network.outputs)} outputs, {len(network.column)} features, {size:.2f} MB, {time.perf_counter() - started:.0f} s"
        )
