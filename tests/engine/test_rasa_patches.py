"""Each patch does what stock Rasa does, faster, and refuses another Rasa."""

from typing import Any

import jsonschema
import pytest

from bot.engine import rasa_patches


@pytest.fixture
def action() -> Any:
    rasa_patches.apply()
    from rasa.core.actions.action import RemoteAction

    return RemoteAction("action_guide", None)


ANSWERS: list[Any] = [
    {"events": [], "responses": []},
    {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": [{"text": "x"}]},
    {"events": [{"event": "slot"}], "responses": []},
    {"events": [{"name": "no event key"}], "responses": []},
    {"events": "no list"},
    {"responses": ["no object"]},
    [],
    None,
]


@pytest.mark.parametrize("answer", ANSWERS)
def test_cached_validator_accepts_and_refuses_what_stock_does(action: Any, answer: Any) -> None:
    try:
        jsonschema.validate(answer, action.action_response_format_spec())
        stock = True
    except jsonschema.ValidationError:
        stock = False
    if stock:
        assert action._validate_action_result(answer)
    else:
        with pytest.raises(jsonschema.ValidationError):
            action._validate_action_result(answer)


def test_another_rasa_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    import rasa

    monkeypatch.setattr(rasa, "__version__", "3.7.0")
    monkeypatch.setattr(rasa_patches, "_applied", False)
    with pytest.raises(rasa_patches.RasaIsDifferent, match="3.7.0"):
        rasa_patches.apply()


def test_a_changed_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from rasa.core.actions.action import RemoteAction

    def different(self: Any, result: Any) -> bool:
        return True

    monkeypatch.setattr(RemoteAction, "_validate_action_result", different)
    with pytest.raises(rasa_patches.RasaIsDifferent, match="RemoteAction"):
        rasa_patches.cache_action_response_validator()


def test_telemetry_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RASA_TELEMETRY_ENABLED", "true")
    rasa_patches.silence_telemetry()
    from rasa.telemetry import is_telemetry_enabled

    assert not is_telemetry_enabled()
