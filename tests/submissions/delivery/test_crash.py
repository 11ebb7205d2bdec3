"""kill -9 at every step, at least 200 times, against the stand-in over real sockets: nothing lost, nothing doubled.

The stand-in takes whatever it is sent, twice if it is sent twice; only our side keeps one submission one dossier.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import random
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest
from aiohttp.test_utils import TestServer

from bot.case_stand_in.server import make_app, move
from bot.case_stand_in.state import STATE, Mode, State
from bot.settings import Settings
from bot.submissions.delivery import following
from bot.submissions.delivery.case_system import CaseSystem
from bot.submissions.dossiers import Dossiers
from tests.submissions.delivery.conftest import PASSWORD, UNIT, USER
from tests.submissions.delivery.crash_child import POINTS, drafts_at, life, new_draft

SERVER_POINTS = ["received", "taken", "answered"]
FIRST_ROUND, SECOND_ROUND = 168, 56  # kills aimed at; random ones may come too late, so more lives may be needed


class Killer:
    """Lives of the child process, and who of them was killed where."""

    def __init__(self, path: Path, settings: Settings) -> None:
        self.path, self.settings, self.kills = str(path), settings, Counter[str]()
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["tests.submissions.delivery.crash_child"])
        self.victim: BaseProcess | None = None
        self.drafts = drafts_at(self.path)
        self.at_server = ""

    def seen(self, point: str) -> None:
        """Called by the stand-in."""
        if point == self.at_server and self.victim:
            self.at_server = ""
            self.kill()

    def is_draft(self, draft_id: str) -> bool:
        """Whether the draft has not left (or left again) the state of a draft."""
        return self.drafts.get(draft_id).state in ("open", "returned")

    def kill(self) -> None:
        if self.victim and self.victim.is_alive():
            self.victim.kill()

    async def life(self, draft_id: str = "", point: str = "", number: int = 1, after: float | None = None) -> bool:
        """One life; whether it was killed. ``after``: from outside, so many seconds after it began."""
        self.at_server = point if point in SERVER_POINTS else ""
        process = self.context.Process(target=life, args=(self.path, self.settings, draft_id, point, number))
        process.start()
        self.victim = process
        if after is not None:
            await asyncio.sleep(after)
            self.kill()
        async with asyncio.timeout(30):  # asked in this thread only: two threads would read the one exit code
            while process.is_alive():
                await asyncio.sleep(0.002)
        killed = process.exitcode == -signal.SIGKILL
        self.victim = None
        if killed:
            self.kills[point or "any moment"] += 1
        else:
            assert process.exitcode == 0, f"the child failed with {process.exitcode}"
        process.close()
        return killed


@asynccontextmanager
async def playground(tmp_path: Path) -> AsyncIterator[tuple[Killer, State]]:
    killers: list[Killer] = []
    app = make_app(USER, PASSWORD, UNIT, lambda point: killers[0].seen(point))
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    settings = Settings(
        delivery="case_system", case_url=f"http://127.0.0.1:{server.port}", case_user=USER, case_password=PASSWORD,
        case_unit=UNIT, case_timeout=1,
    )  # fmt: skip
    killers.append(Killer(tmp_path / "submissions.sqlite", settings))
    yield killers[0], app[STATE]
    await server.close()


async def kill_lives(
    killer: Killer, state: State, draft_ids: Iterable[str], wanted: int, chance: random.Random
) -> list[str]:
    """A life for each draft until ``wanted`` were killed: every point in turn, every third at any moment; then quiet ones.

    Returns the drafts that had a life.
    """
    points, lived = [*POINTS, *SERVER_POINTS], list[str]()
    start = sum(killer.kills.values())
    for number, draft_id in enumerate(draft_ids):
        lived.append(draft_id)
        state.mode = Mode(slow=chance.choice([0.0, 0.0, 0.05, 0.3]), slow_after=chance.choice([0.0, 0.01, 0.05]))
        if chance.random() < 0.2:
            state.mode.times, state.mode.hang_up_after = 1, True
        if number % 3 == 2:
            await killer.life(draft_id, after=chance.uniform(0.0, 0.15))
        else:
            await killer.life(draft_id, points[number % len(points)], chance.choice([1, 1, 2]))
        if sum(killer.kills.values()) - start >= wanted:
            break
    state.mode = Mode()
    for draft_id in lived:
        if killer.is_draft(draft_id):
            await killer.life(draft_id)
    await killer.life()
    return lived


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_killed_at_every_step_nothing_is_lost_or_doubled(tmp_path: Path) -> None:
    chance = random.Random(5)
    async with playground(tmp_path) as (killer, state):
        drafts = killer.drafts
        ids = await kill_lives(killer, state, (new_draft(drafts) for _ in range(FIRST_ROUND * 4)), FIRST_ROUND, chance)
        sent = Counter(one["SoBienNhan"] for one in state.dossiers.values())
        dossiers = Dossiers(drafts)
        codes = {d.facts.code for draft_id in ids if (d := dossiers.get(draft_id)) and d.state == "submitted"}
        assert max(sent.values()) == 1, "doubled"
        assert codes == set(state.dossiers) and len(codes) == len(ids), "lost"

        # Many of them come back and are sent again: one correction each, on the dossier there is.
        plugin = CaseSystem(killer.settings)
        follower = following.Follower(drafts, plugin, following.Pace(every=0.0))
        back = ids[: SECOND_ROUND * 2]
        for draft_id in back:
            dossier = dossiers.get(draft_id)
            assert dossier
            move(state, {"code": dossier.facts.code, "state": 5, "reason": "Số điện thoại không liên hệ được"})
            await follower.ask(draft_id)
            assert drafts.get(draft_id).state == "returned"
        for draft_id in await kill_lives(killer, state, back, SECOND_ROUND, chance):
            dossier = dossiers.get(draft_id)
            assert dossier and (dossier.state, dossier.round) == ("submitted", 2)
            ours = [
                one for one in state.dossiers[dossier.facts.code]["DanhSachHoSoBoSung"]
                if one["HoSoBoSungId"].startswith("MC-")
            ]  # fmt: skip
            assert len(ours) == 1, "correction lost or doubled"
        await plugin.close()
        assert len(state.dossiers) == len(ids)
        print(
            f"\n{len(ids)} dossiers, {len(back)} returned, {sum(killer.kills.values())} kills: {dict(sorted(killer.kills.items()))}"
        )
        assert sum(killer.kills.values()) >= 200
        assert set(killer.kills) == {*POINTS, *SERVER_POINTS, "any moment"}
