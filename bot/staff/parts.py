"""Typed keys of the parts the console works with."""

from __future__ import annotations

from aiohttp import web

from bot.limits import Limit
from bot.staff.desk import Desk
from bot.staff.users import Users
from bot.submissions.store import Drafts
from procedures_kb.form_types import FormDefinition
from procedures_kb.model import Procedure
from procedures_kb.store import Store

USERS = web.AppKey("staff_users", Users)
KNOWLEDGE = web.AppKey("staff_knowledge", Store)
DRAFTS = web.AppKey("staff_drafts", Drafts)
DESK = web.AppKey("staff_desk", Desk[Procedure])
FORM_DESK = web.AppKey("staff_form_desk", Desk[FormDefinition])
SIGN_IN_TRIES = web.AppKey("staff_sign_in_tries", Limit)
CODE_TRIES = web.AppKey("staff_code_tries", Limit)
