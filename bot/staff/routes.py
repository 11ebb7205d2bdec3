"""The routes of the console, and what they stand on."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from bot.limits import Limit
from bot.staff import (
    display,
    editing,
    form_pages,
    form_preview,
    form_text,
    looks,
    outbox,
    points,
    procedures,
    publishing,
    releases,
    sign_in,
    submissions,
)
from bot.staff.desk import forms_desk, procedures_desk
from bot.staff.parts import CODE_TRIES, DESK, DRAFTS, FORM_DESK, KNOWLEDGE, SIGN_IN_TRIES, USERS
from bot.staff.users import Users
from bot.submissions.store import Drafts
from procedures_kb.store import Store

_CODE = r"/staff/thu-tuc/{code:\d\.\d{6}[\w.]{0,20}}"
_FORM = r"/staff/to-khai/{code:[a-z][a-z0-9_]{0,59}}"
_FORM_PART = _FORM + r"/sua/{section:[a-z-]{1,20}}/{item:[a-z0-9_-]{1,70}}"
_PART = _CODE + r"/sua/{section:[a-z-]{1,20}}/{index:moi|\d{1,3}}"


def add(app: web.Application, *, users: Users, knowledge: Store, drafts: Drafts) -> None:
    """Add the console to an application that has sessions and templates set up.

    The template loader must hold ``bot/web/templates`` and ``bot/staff/templates``, with autoescape on.
    """
    app[USERS], app[KNOWLEDGE], app[DRAFTS] = users, knowledge, drafts
    app[DESK], app[FORM_DESK] = procedures_desk(users, knowledge), forms_desk(users, knowledge)
    app[SIGN_IN_TRIES] = Limit(60, 60.0)  # a whole office may share one address
    app[CODE_TRIES] = Limit(10, 600.0)
    aiohttp_jinja2.get_env(app).filters.update(vn_date=display.date, vn_moment=display.moment, vn_reason=display.reason)
    app.add_routes([
        web.get("/staff/sign-in", sign_in.sign_in_page),
        web.post("/staff/sign-in", sign_in.sign_in),
        web.post("/staff/sign-out", sign_in.sign_out),
        web.get("/staff/tai-khoan", sign_in.account_page),
        web.post("/staff/tai-khoan", sign_in.change_password),
        web.get("/staff", procedures.home),
        web.get("/staff/thu-tuc", procedures.find),
        web.get(_CODE, procedures.record),
        web.get(_CODE + r"/ban/{version:\d{1,9}}", procedures.version),
        web.get(_CODE + r"/ban/{version:\d{1,9}}/khac", procedures.version_difference),
        web.get(_CODE + "/sua", editing.working_copy),
        web.get(_PART, editing.form),
        web.post(_PART, editing.save),
        web.post(_PART + "/bo", editing.remove),
        web.get(_CODE + "/cong-bo", publishing.review),
        web.post(_CODE + "/cong-bo", publishing.publish),
        web.post(_CODE + "/bo-nhap", publishing.discard),
        web.post(_CODE + "/theo-ban-moi", publishing.carry_over),
        web.get("/staff/to-khai", form_pages.overview),
        web.get("/staff/to-khai/moi", form_text.new),
        web.post("/staff/to-khai/moi", form_text.save_new),
        web.get(_FORM, form_pages.record),
        web.get(_FORM + r"/ban/{version:\d{1,9}}", form_pages.version),
        web.get(_FORM + r"/ban/{version:\d{1,9}}/khac", procedures.version_difference),
        web.get(_FORM + "/sua", form_pages.working_copy),
        web.get(_FORM_PART, editing.form),
        web.post(_FORM_PART, editing.save),
        web.post(_FORM_PART + "/bo", editing.remove),
        web.post(_FORM_PART + "/{way:len|xuong}", editing.move),
        web.get(_FORM + "/van-ban", form_text.text),
        web.post(_FORM + "/van-ban", form_text.save_text),
        web.get(_FORM + "/xem-thu", form_preview.preview),
        web.post(_FORM + "/xem-thu", form_preview.answer),
        web.get(_FORM + "/xem-thu.pdf", form_preview.pdf),
        web.get(_FORM + "/cong-bo", publishing.review),
        web.post(_FORM + "/cong-bo", publishing.publish),
        web.post(_FORM + "/bo-nhap", publishing.discard),
        web.post(_FORM + "/theo-ban-moi", publishing.carry_over),
        web.get("/staff/cong-bo", releases.overview),
        web.post("/staff/cong-bo/lui", releases.roll_back),
        web.post(r"/staff/cong-bo/lich/{version:\d{1,9}}/huy", releases.unschedule),
        web.post(r"/staff/cong-bo/nhap/{version:\d{1,9}}/{act:nhan|bo}", releases.decide),
        web.get("/staff/diem", points.overview),
        web.get("/staff/diem/{point:[a-z0-9-]{1,40}}", points.form),
        web.post("/staff/diem/{point:[a-z0-9-]{1,40}}", points.save),
        web.get("/staff/hop-thu-di", outbox.overview),
        web.post("/staff/hop-thu-di/gui-lai", outbox.resend_all),
        web.post(r"/staff/hop-thu-di/{row:\d{1,9}}/gui-lai", outbox.resend),
        web.get("/staff/ho-so", submissions.find),
        web.get("/staff/ho-so/{reference:[^/]{1,60}}", submissions.submission),
        web.get(r"/staff/ho-so/{reference:[^/]{1,60}}/giay-to/{component:[a-z0-9_]{1,60}}.pdf", looks.component_pdf),
        web.get("/staff/ho-so/{reference:[^/]{1,60}}/to-khai.docx", looks.form_docx),
        web.get("/staff/luot-xem", looks.looks),
    ])  # fmt: skip
