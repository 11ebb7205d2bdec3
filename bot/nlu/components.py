"""The Rasa graph components of our pipeline: thin wrappers, the thinking stands in the modules beside this one.

They run in the order of config.yml: VietnameseTokenizer, EntityRules, IntentAndAspects, ProcedureLinker. The last one
adds ``understanding`` to the parse result, which our actions read::

    {"text": normalised text, "affirmed": the same without what it denies, "marked": bool, "aspects": [...], "alone": probability that it names its matter, "verdict": "sure|clarify|unsure",
     "ranking": [{"code", "name", "short_name", "reviewed", "probability"}, ...],   # best first, five at most
     "in_talk": {code: probability},   # of the network, the subject being known; eight at most
     "beside": [the same, of the message together with the name of the procedure being talked about]}
"""

from __future__ import annotations

import datetime as dt
import logging
import re
from typing import Any

import msgspec
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import ENTITIES, INTENT, INTENT_RANKING_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from underthesea import word_tokenize

from bot import settings
from bot.nlu import talk_network
from bot.nlu.classifier import Classifier, Example
from bot.nlu.composed import compose, everyday_matters, read_parts
from bot.nlu.confidence import QUESTION, arbitrate, decide
from bot.nlu.confirmed import asking_messages, confirmed_messages, questions_that_name_nothing
from bot.nlu.denial import meant
from bot.nlu.entity_rules import find_entities, warm_up
from bot.nlu.link_index import LinkIndex
from bot.nlu.live_index import LiveIndex
from bot.nlu.normalise import LONGEST, Normal, normalise
from bot.nlu.ranking import default_weights, link
from procedures_kb.text import clean

log = logging.getLogger(__name__)
RANKED_SHOWN = 5
IN_TALK_SHOWN = 8
OF_QUESTIONS = (
    2  # one in so many confirmed messages teaches intents and what names its matter: as good as all, in less time
)
_Component = DefaultV1Recipe.ComponentType


@DefaultV1Recipe.register(_Component.MESSAGE_TOKENIZER, is_trainable=False)
class VietnameseTokenizer(Tokenizer):
    """underthesea's ``word_tokenize``, with offsets into the message text."""

    @staticmethod
    def supported_languages() -> list[str] | None:
        return ["vi"]

    @staticmethod
    def required_packages() -> list[str]:
        return ["underthesea"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"intent_tokenization_flag": False, "intent_split_symbol": "_", "token_pattern": None,
                "prefix_separator_symbol": None}  # fmt: skip

    def tokenize(self, message: Message, attribute: str) -> list[Token]:
        text = str(message.get(attribute))
        tokens: list[Token] = []
        position = 0
        for word in word_tokenize(clean(text)[:LONGEST]):
            # underthesea joins syllables with single blanks; the text may hold others.
            found = re.compile(r"\s+".join(map(re.escape, word.split()))).search(text, position)
            if found:
                tokens.append(Token(found.group(), found.start(), found.end()))
                position = found.end()
        kept: list[Token] = self._apply_token_pattern(tokens)
        return kept


@DefaultV1Recipe.register(_Component.ENTITY_EXTRACTOR, is_trainable=False)
class EntityRules(GraphComponent):
    """Rule entities (bot.nlu.entity_rules)."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EntityRules:
        warm_up()
        return cls()

    @staticmethod
    def required_packages() -> list[str]:
        return ["spacy"]

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = clean(str(message.get(TEXT) or ""))[:LONGEST]
            entities = [{**entity, "extractor": "EntityRules"} for entity in find_entities(text, dt.date.today())]
            message.set(ENTITIES, [*(message.get(ENTITIES) or []), *entities], add_to_output=True)
        return messages


@DefaultV1Recipe.register(_Component.INTENT_CLASSIFIER, is_trainable=True)
class IntentAndAspects(GraphComponent):
    """Linear intent and aspect models (bot.nlu.classifier).

    Aspects of a training sentence stand in nlu_data as metadata: ``metadata: {aspects: [fee]}``.
    """

    def __init__(self, model_storage: ModelStorage, resource: Resource, classifier: Classifier | None = None) -> None:
        self._storage, self._resource, self._classifier = model_storage, resource, classifier

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> IntentAndAspects:
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> IntentAndAspects:  # fmt: skip
        with model_storage.read_from(resource) as folder:
            return cls(model_storage, resource, Classifier.load(folder))

    def train(self, training_data: TrainingData) -> Resource:
        going_on = set(questions_that_name_nothing())
        examples = [
            Example(
                text := str(message.get(TEXT)),
                str(message.get(INTENT)),
                _aspects_of(message),
                False if text in going_on else None,
            )
            for message in training_data.intent_examples
        ]
        for number, message in enumerate(message for message in confirmed_messages() if message.aspects):
            intent, alone = (QUESTION, message.alone) if number % OF_QUESTIONS == 0 else (None, None)
            examples.append(Example(message.text, intent, message.aspects, alone))
        examples += [Example(text, None, aspects) for text, aspects in asking_messages()]
        self._classifier = Classifier.train(examples, compose(read_parts(), everyday_matters()))
        with self._storage.write_to(self._resource) as folder:
            self._classifier.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            normal = normalise(str(message.get(TEXT) or ""))
            if self._classifier is None or not normal.words:
                message.set(INTENT, {"name": "nlu_fallback", "confidence": 1.0}, add_to_output=True)
                message.set("aspects", [])
                continue
            found = self._classifier.classify(normal)
            ranking = [{"name": name, "confidence": confidence} for name, confidence in found.intents]
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            message.set("aspects", found.aspects)
            message.set("alone", found.alone)
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        return training_data


def _aspects_of(message: Message) -> tuple[str, ...] | None:
    metadata = message.get(METADATA) or {}
    for level in ("example", INTENT):
        aspects = (metadata.get(level) or {}).get("aspects")
        if aspects is not None:
            return tuple(aspects)
    return None


@DefaultV1Recipe.register(_Component.ENTITY_EXTRACTOR, is_trainable=False)
class ProcedureLinker(GraphComponent):
    """Finds the procedure over the live knowledge base and decides how sure we are (bot.nlu.ranking, .confidence)."""

    def __init__(self, index: LiveIndex) -> None:
        self._index = index

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ProcedureLinker:
        default_weights()
        return cls(LiveIndex(settings.load().kb_path))

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            normal = normalise(str(message.get(TEXT) or ""))
            said = meant(normal)
            ranking = link(self._index.current(), said)
            decision = decide(ranking)
            intents = [(i["name"], i["confidence"]) for i in message.get(INTENT_RANKING_KEY) or []]
            intent = arbitrate(intents, decision)
            if any(entity["entity"] == "dossier_code" for entity in message.get(ENTITIES) or []):
                intent = ("check_status", 1.0)  # nobody types a dossier code for another reason
            if intent:
                message.set(INTENT, {"name": intent[0], "confidence": intent[1]}, add_to_output=True)
            context = message.get(METADATA) or {}
            understanding = {
                "text": normal.text,
                "affirmed": said.text,
                "marked": normal.marked,
                "aspects": message.get("aspects") or [],
                "alone": message.get("alone"),
                "verdict": decision.verdict,
                "ranking": [msgspec.to_builtins(item) for item in ranking[:RANKED_SHOWN]],
                "candidates": [item.code for item in decision.ranked],
                "in_talk": _in_talk(self._index.current(), said, context.get("subject")),
                "beside": self._again(said, self._index.current().name(context.get("subject") or "")),
                "together": self._again(said, context.get("asked")),
            }
            message.set("understanding", understanding, add_to_output=True)
            if decision.verdict == "sure":
                best = decision.ranked[0]
                entity = {"entity": "procedure", "value": best.code, "confidence_entity": best.probability,
                          "start": 0, "end": len(str(message.get(TEXT) or "")), "extractor": "ProcedureLinker"}  # fmt: skip
                message.set(ENTITIES, [*(message.get(ENTITIES) or []), entity], add_to_output=True)
        return messages

    def _again(self, normal: Normal, more: str | None) -> list[dict[str, Any]]:
        """The ranking of a message together with what was spoken of before: "nếu mất thì sao" beside "sổ đỏ"."""
        if not more or not normal.words:
            return []
        ranking = link(self._index.current(), normalise(f"{more} {normal.original}"))
        return [msgspec.to_builtins(item) for item in ranking[:RANKED_SHOWN]]


def _in_talk(index: LinkIndex, normal: Normal, subject: str | None) -> dict[str, float]:
    """The likeliest procedures while a subject is being talked about (none = by the message itself)."""
    found = talk_network.probabilities(index.network, normal, subject)
    return {code: round(found[code], 4) for code in sorted(found, key=lambda code: -found[code])[:IN_TALK_SHOWN]}
