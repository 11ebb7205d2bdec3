"""The policy: one rule, one action; a form in progress comes first."""

from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.turn_policy import RulesContradict, TurnPolicy
from bot.settings import ROOT


@pytest.fixture(scope="module")
def domain() -> Domain:
    return Domain.load(str(ROOT / "domain.yml"))


@pytest.fixture
def policy(tmp_path: Any) -> TurnPolicy:
    config = {**TurnPolicy.get_default_config(), "while_slot": {"submission": "action_submission"}}
    return TurnPolicy(config, LocalModelStorage(tmp_path), Resource("p"), ExecutionContext(GraphSchema({})))


def rule(domain: Domain, intent: str, action: str) -> TrackerWithCachedStates:
    tracker = TrackerWithCachedStates("rule", domain.slots, is_rule_tracker=True)
    tracker.update_with_events(
        [
            ActionExecuted("action_listen"),
            UserUttered(intent=({"name": intent})),
            ActionExecuted(action),
            ActionExecuted("action_listen"),
        ],
        domain,
    )
    return tracker


def predicted(policy: TurnPolicy, domain: Domain, *events: Any) -> str:
    tracker = DialogueStateTracker.from_events("a", list(events), domain.slots, domain=domain)
    prediction = policy.predict_action_probabilities(tracker, domain)
    return str(domain.action_names_or_texts[prediction.probabilities.index(1.0)])


def test_intent_leads_to_the_action_of_its_rule(policy: TurnPolicy, domain: Domain) -> None:
    policy.train([rule(domain, "greet", "action_chat")], domain)
    assert (
        predicted(policy, domain, ActionExecuted("action_listen"), UserUttered("chào", {"name": "greet"}))
        == "action_chat"
    )


def test_after_the_action_the_bot_listens(policy: TurnPolicy, domain: Domain) -> None:
    policy.train([rule(domain, "greet", "action_chat")], domain)
    events = [ActionExecuted("action_listen"), UserUttered("chào", {"name": "greet"}), ActionExecuted("action_chat")]
    assert predicted(policy, domain, *events) == "action_listen"


def test_while_a_form_is_open_its_action_comes_first(policy: TurnPolicy, domain: Domain) -> None:
    policy.train([rule(domain, "greet", "action_chat")], domain)
    events = [SlotSet("submission", "d1"), ActionExecuted("action_listen"), UserUttered("chào", {"name": "greet"})]
    assert predicted(policy, domain, *events) == "action_submission"


def test_an_intent_without_rule_falls_back(policy: TurnPolicy, domain: Domain) -> None:
    policy.train([rule(domain, "greet", "action_chat")], domain)
    assert (
        predicted(policy, domain, ActionExecuted("action_listen"), UserUttered("?", {"name": "scam"}))
        == "action_fallback"
    )


def test_two_rules_for_one_intent_are_refused(policy: TurnPolicy, domain: Domain) -> None:
    with pytest.raises(RulesContradict, match="greet"):
        policy.train([rule(domain, "greet", "action_chat"), rule(domain, "greet", "action_guide")], domain)
