"""Entry point of ``./motcua``."""

from bot.commands import main

main()
