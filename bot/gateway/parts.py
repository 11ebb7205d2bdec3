"""Typed keys of the parts the application is made of."""

from __future__ import annotations

from aiohttp import web

from bot.gateway.answered_turns import AnsweredTurns
from bot.gateway.workers import Workers
from bot.keys import Keys
from bot.limits import Limit
from bot.settings import Settings
from bot.submissions.store import Drafts
from procedures_kb.store import Store

SETTINGS = web.AppKey("settings", Settings)
KEYS = web.AppKey("keys", Keys)
KNOWLEDGE = web.AppKey("knowledge", Store)
DRAFTS = web.AppKey("drafts", Drafts)
WORKERS = web.AppKey("workers", Workers)
TURN_LIMIT = web.AppKey("turn_limit", Limit)
PUBLIC_LIMIT = web.AppKey("public_limit", Limit)
LINK_LIMIT = web.AppKey("link_limit", Limit)
TURNS = web.AppKey("turns", AnsweredTurns)
