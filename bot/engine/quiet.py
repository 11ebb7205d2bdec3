"""Rasa's logs, kept to errors: at debug and info they would hold what citizens write."""

from __future__ import annotations

import logging
import os
import warnings

import structlog


def quiet_rasa_logs() -> None:
    """Rasa logs through structlog at debug unless told otherwise, message text included.

    Rasa 3.6 is frozen upstream, so its warnings about itself tell us nothing we could act on.
    """
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger("rasa").setLevel(logging.ERROR)
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    warnings.simplefilter("ignore")
    warnings.showwarning = _say_nothing  # Rasa switches some filters back on while it loads


def _say_nothing(*args: object, **kwargs: object) -> None:
    pass
