"""Small changes to Rasa 3.6.21, each for a measured reason, each refused loudly when Rasa's inside is not as expected.

Call :func:`apply` after :func:`bot.engine.without_tensorflow.install` and before a model is loaded.
"""

from __future__ import annotations

import functools
import inspect
import os
from typing import Any

EXPECTED_RASA = "3.6.21"


class RasaIsDifferent(RuntimeError):
    """Rasa's inside is not what a patch was written for; the patch must be read again, not skipped."""


def _require(condition: bool, what: str) -> None:
    if not condition:
        raise RasaIsDifferent(
            f"{what} is not as in Rasa {EXPECTED_RASA}; read bot/engine/rasa_patches.py again before running"
        )


def silence_telemetry() -> None:
    """Rasa phones home unless told not to; told here as well as by the launcher."""
    os.environ["RASA_TELEMETRY_ENABLED"] = "false"


def cache_action_response_validator() -> None:
    """Compile the schema of action answers once.

    Stock Rasa calls ``jsonschema.validate`` per action call, which checks the schema against the meta-schema each
    time: 79 % of a stock turn (40 ms). What is accepted and refused stays the same; a test compares them.
    """
    from jsonschema.validators import validator_for
    from rasa.core.actions.action import RemoteAction

    source = inspect.getsource(RemoteAction._validate_action_result)
    _require("validate(result, self.action_response_format_spec())" in source, "RemoteAction._validate_action_result")
    schema = RemoteAction.action_response_format_spec()
    validator = validator_for(schema)(schema)

    def validate_action_result(self: Any, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate_action_result


def cache_event_classes() -> None:
    """Look event classes up once: stock Rasa walks all subclasses of Event for every event it reads back."""
    import rasa.shared.core.events as events
    import rasa.shared.utils.common as common

    source = inspect.getsource(events.Event.resolve_by_type)
    _require("rasa.shared.utils.common.all_subclasses(Event)" in source, "Event.resolve_by_type")
    common.all_subclasses = functools.lru_cache(maxsize=None)(common.all_subclasses)


_applied = False


def apply() -> None:
    """Apply every patch, once per process.

    Raises:
        RasaIsDifferent: another Rasa version, or an inside that differs from what a patch expects.
    """
    global _applied
    if _applied:
        return
    import rasa

    silence_telemetry()
    _require(rasa.__version__ == EXPECTED_RASA, f"the installed version {rasa.__version__}")
    cache_action_response_validator()
    cache_event_classes()
    _applied = True
