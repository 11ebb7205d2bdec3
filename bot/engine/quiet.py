"""Rasa's logs, kept to warnings: at debug and info they would hold what citizens write."""

from __future__ import annotations

import logging
import warnings

import structlog


def quiet_rasa_logs() -> None:
    """Rasa logs through structlog at debug unless told otherwise, message text included."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    logging.getLogger("rasa").setLevel(logging.ERROR)
    for category in (DeprecationWarning, FutureWarning, UserWarning):
        warnings.filterwarnings("ignore", category=category, module=r"(rasa|sanic|pkg_resources|sklearn|randomname|jsonschema|scipy)\b")
