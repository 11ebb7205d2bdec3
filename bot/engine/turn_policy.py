"""The dialogue policy: one look-up per turn, whose cost does not grow with the conversation.

It learns the one-step rules of ``rules.yml`` (intent → action) and at run time looks only at the last user turn.
Stock RulePolicy rebuilds every past state of the session on each prediction (a third of a turn and linear in the
session's events, shared measurements in docs/decisions/0002). What the conversation remembers lives in slots that our
actions read; a form in progress is a slot too (``while_slot`` in config.yml sends every turn to its action).
"""

from __future__ import annotations

import json
from typing import Any

from rasa.core.featurizers.tracker_featurizers import TrackerFeaturizer
from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker


class RulesContradict(ValueError):
    """Two rules of rules.yml send one intent to different actions."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class TurnPolicy(Policy):
    """Maps the intent of the last message to the action of its rule, then listens."""

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: TrackerFeaturizer | None = None,
        action_of: dict[str, str] | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer)
        self.action_of = action_of or {}

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"priority": 6, "while_slot": {}, "fallback": "action_fallback"}

    @staticmethod
    def supported_data() -> SupportedData:
        return SupportedData.RULE_DATA

    def train(self, training_trackers: list[TrackerWithCachedStates], domain: Domain, **kwargs: Any) -> Resource:
        """Read ``intent → action`` off the rules.

        Raises:
            RulesContradict: one intent with two actions.
        """
        for tracker in training_trackers:
            if not tracker.is_rule_tracker:
                continue
            intent: str | None = None
            for event in tracker.events:
                if isinstance(event, UserUttered):
                    intent = event.intent_name
                elif isinstance(event, ActionExecuted) and intent and event.action_name != ACTION_LISTEN_NAME:
                    known = self.action_of.setdefault(intent, str(event.action_name))
                    if known != event.action_name:
                        raise RulesContradict(f"rules.yml: intent {intent} goes to {known} and to {event.action_name}")
                    intent = None
        with self._model_storage.write_to(self._resource) as folder:
            (folder / "turns.json").write_text(json.dumps(self.action_of))
        return self._resource

    def predict_action_probabilities(
        self, tracker: DialogueStateTracker, domain: Domain, *args: Any, **kwargs: Any
    ) -> PolicyPrediction:
        probabilities = [0.0] * domain.num_actions
        probabilities[domain.index_for_action(self._next(tracker))] = 1.0
        return self._prediction(probabilities, is_end_to_end_prediction=False)

    def _next(self, tracker: DialogueStateTracker) -> str:
        if tracker.latest_action_name not in (ACTION_LISTEN_NAME, None):
            return str(ACTION_LISTEN_NAME)
        for slot, action in self.config["while_slot"].items():
            if tracker.get_slot(slot):
                return str(action)
        intent = tracker.latest_message.intent.get("name") if tracker.latest_message else None
        return self.action_of.get(intent or "", str(self.config["fallback"]))

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> TurnPolicy:
        with model_storage.read_from(resource) as folder:
            action_of = json.loads((folder / "turns.json").read_text())
        return cls(config, model_storage, resource, execution_context, action_of=action_of)
