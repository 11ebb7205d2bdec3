"""The real stand-in of the case system on a real socket, drafts on a real file, an outbox that waits only briefly."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestServer

from bot.case_stand_in.server import make_app, move
from bot.case_stand_in.state import STATE, Mode, State
from bot.keys import Keys
from bot.settings import Settings
from bot.submissions.delivery import following
from bot.submissions.delivery.case_system import CaseSystem
from bot.submissions.dossiers import Dossiers
from bot.submissions.draft import Draft
from bot.submissions.outbox import Outbox, Pace
from bot.submissions.store import Drafts
from procedures_kb.form_model import forms
from tests.submissions.dossier import complete, fill

UNIT, USER, PASSWORD = "000.00.00.H26", "motcua", "stand-in"
QUICK = Pace(attempt=2.0, settle=0.5, first_wait=0.02, longest_wait=0.1, idle=0.02)


class Office:
    """The case system with its officers, as a test plays them."""

    def __init__(self, state: State, address: str) -> None:
        self.state, self.address = state, address
        self.settings = Settings(
            delivery="case_system", case_url=address, case_user=USER, case_password=PASSWORD, case_unit=UNIT,
            case_timeout=1,
        )  # fmt: skip

    def breaks(self, **switches: Any) -> None:
        self.state.mode = Mode(**switches)

    def moves(self, code: str, number: int, **more: Any) -> None:
        move(self.state, {"code": code, "state": number, **more})

    @property
    def dossiers(self) -> list[dict[str, Any]]:
        return list(self.state.dossiers.values())


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    app = make_app(USER, PASSWORD, UNIT)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    yield Office(app[STATE], f"http://127.0.0.1:{server.port}")
    await server.close()


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "submissions.sqlite", Keys(b"k" * 32), "case_system")


@pytest.fixture
async def case_system(office: Office) -> AsyncIterator[CaseSystem]:
    made = CaseSystem(office.settings)
    yield made
    await made.close()


@pytest.fixture
def outbox(drafts: Drafts, case_system: CaseSystem) -> Outbox:
    return Outbox(drafts, case_system, QUICK)


@pytest.fixture
def follower(drafts: Drafts, case_system: CaseSystem) -> following.Follower:
    return following.Follower(drafts, case_system, following.Pace(every=0.0))


@pytest.fixture
def dossiers(drafts: Drafts) -> Dossiers:
    return Dossiers(drafts)


def submitted(drafts: Drafts, form_id: str = "khai_sinh", sender: str = "web:test") -> Draft:
    """A complete draft that has just been submitted."""
    draft = filled(drafts, form_id, sender)
    drafts.submit(draft)
    return draft


def filled(drafts: Drafts, form_id: str = "khai_sinh", sender: str = "web:test") -> Draft:
    form = forms()[form_id]
    draft = drafts.offer(form.procedure, form.id, 1, sender, "web")
    drafts.consent(draft, "web")
    draft.content = fill(form, complete(form_id))
    drafts.save(draft, "citizen", "filled")
    return drafts.get(draft.id)
