"""``./motcua stand-in``: local stand-ins of outside systems, for demos and tests."""

from __future__ import annotations

import click

from bot import settings


@click.group("stand-in")
def stand_in() -> None:
    """Start a local stand-in of an outside system: zalo, identity, case-system.

    Example: ./motcua stand-in zalo
    """


@stand_in.command()
@click.option("--port", default=9099, show_default=True, help="Port of the stand-in.")
def zalo(port: int) -> None:
    """Speak as Zalo's servers do; set MOTCUA_ZALO_API and MOTCUA_ZALO_OAUTH to its address.

    Example: ./motcua stand-in zalo --port 9099
    """
    from bot.channels.zalo.stand_in import main

    configuration = settings.load()
    main(
        port=port, webhook_url=f"http://{configuration.host}:{configuration.port}/webhooks/zalo",
        app_id=configuration.zalo_app_id, oa_id=configuration.zalo_oa_id, oa_secret=configuration.zalo_oa_secret,
        app_secret=configuration.zalo_app_secret,
    )  # fmt: skip


@stand_in.command()
@click.option("--port", default=9098, show_default=True, help="Port of the stand-in.")
def identity(port: int) -> None:
    """Speak as the identity provider and the population data do, with invented people.

    Example: ./motcua stand-in identity --port 9098
    """
    from bot.identity_stand_in.server import main

    main(port)


@stand_in.command("case-system")
@click.option("--port", default=9097, show_default=True, help="Port of the stand-in.")
def case_system(port: int) -> None:
    """Speak as the city's case system does: dossier codes, ten states, returns, and faults to switch on.

    Example: ./motcua stand-in case-system --port 9097
    """
    from bot.case_stand_in.server import main

    configuration = settings.load()
    main(port, configuration.case_user or "motcua", configuration.case_password or "stand-in", configuration.case_unit)
