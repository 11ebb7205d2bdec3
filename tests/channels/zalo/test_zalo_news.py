"""News of a dossier sent first, within Zalo's rules, to who agreed to it: over real sockets against the stand-in."""

from __future__ import annotations

import asyncio
import re
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot import keys
from bot.channels.zalo.inbox import sender_of
from bot.submissions.dossiers import Dossiers, Facts
from bot.submissions.news import ADDRESS_KEPT, Addresses, Pace, Teller
from bot.submissions.permissions import Permissions
from bot.submissions.store import Drafts
from procedures_kb.form_model import forms
from tests.channels.zalo.test_zalo_restart import Killable, killable  # noqa: F401 - a fixture
from tests.submissions.dossier import complete, fill

FORM = "khai_sinh"
HOUR = 3600.0
QUICK = Pace(idle=0.01, first_wait=0.02, longest_wait=0.05)


@pytest.fixture(autouse=True)
def _shipped(shipped_knowledge: None) -> None:
    """See tests/conftest.py."""


class Newsroom:
    """A person's submission that came through Zalo, and the work that tells its news."""

    def __init__(self, world: Any, var: Path, user: str) -> None:
        self.world, self.user = world, user
        settings = world.settings()
        self.drafts = Drafts(var / "submissions.sqlite", keys.load(settings), "case_system")
        self.dossiers, self.addresses = Dossiers(self.drafts), Addresses(self.drafts, world.clock)
        self.sender = sender_of(world.channel._store.user(user))
        world.on_heard = lambda sender, user_id, at: self.addresses.heard(sender, "zalo", user_id, at)

    async def begins(self, agrees: bool = True) -> str:
        """They begin on Zalo, fill in our page, submit; the case system takes it. The draft's id."""
        form = forms()[FORM]
        draft = self.drafts.offer(form.procedure, form.id, 1, self.sender, "zalo")
        await self.world.restart_channel()
        await self.world.say("làm luôn giúp em", self.user)
        self.drafts.consent(draft, "web")
        draft.content = fill(form, complete(FORM))
        self.drafts.save(draft, "citizen", "filled")
        self.drafts.submit(draft)
        if agrees:
            Permissions(self.drafts).allow_news(draft.id, "web")
        self.world.zalo.messages.clear()
        return draft.id

    def changes(self, draft_id: str, national: int, state: str = "submitted") -> None:
        """The case system has moved it."""
        dossier = self.dossiers.get(draft_id)
        assert dossier
        with self.drafts.transaction():
            self.dossiers.step(dossier, state, national, Facts("H26.1-261102-0012"))

    async def tells(self) -> None:
        """Work until nothing is due."""
        teller = Teller(
            self.drafts, {"zalo": self.world.channel.announcer}, "https://motcua.example", QUICK, self.world.clock
        )
        for _ in range(30):
            if not await teller.work() and not self.states().count("waiting"):
                return
            await asyncio.sleep(0.03)

    def states(self) -> list[str]:
        return [row[0] for row in self.drafts.connection.execute("SELECT state FROM news ORDER BY id")]

    def said(self) -> list[dict[str, Any]]:
        return [message for message in self.world.zalo.messages if message["user_id"] == self.user]


@pytest.fixture
def newsroom(world: Any, hoang: str) -> Newsroom:
    return Newsroom(world, world.var, hoang)


async def test_a_change_is_told_to_who_agreed_with_nothing_of_them_in_it(newsroom: Newsroom) -> None:
    draft_id = await newsroom.begins()
    newsroom.changes(draft_id, 5, "returned")
    await newsroom.tells()
    (message,) = newsroom.said()
    assert "đăng ký khai sinh" in message["text"] and "cần bổ sung" in message["text"] and not message["billed"]
    values = newsroom.drafts.get(draft_id).content.values.values()
    assert not any(value in message["text"] for value in values if len(value) > 4)
    found = re.search(r"https://motcua\.example/ho-so/mo/([\w\-]+)", message["text"])
    assert found and newsroom.drafts.use_link(found[1]) == draft_id
    await newsroom.tells()
    assert len(newsroom.said()) == 1 and newsroom.states() == ["sent"]


async def test_who_has_not_agreed_is_told_nothing(newsroom: Newsroom) -> None:
    draft_id = await newsroom.begins(agrees=False)
    newsroom.changes(draft_id, 4)
    await newsroom.tells()
    assert newsroom.said() == [] and newsroom.states() == []


async def test_who_takes_the_consent_back_is_told_nothing_more(newsroom: Newsroom) -> None:
    draft_id = await newsroom.begins()
    newsroom.changes(draft_id, 4)
    Permissions(newsroom.drafts).withdraw_news(draft_id)
    newsroom.changes(draft_id, 9)
    await newsroom.tells()
    assert newsroom.said() == []
    await newsroom.world.say("cảm ơn em", newsroom.user)
    assert newsroom.addresses.of(draft_id) is None


async def test_our_own_news_is_not_taken_for_an_officer_writing(newsroom: Newsroom, world: Any) -> None:
    draft_id = await newsroom.begins()
    newsroom.changes(draft_id, 4)
    await newsroom.tells()
    await world.rest()
    await world.say("cảm ơn em", newsroom.user)
    assert world.said(newsroom.user)[-1] == "Em nghe: cảm ơn em"


async def test_only_the_newest_of_several_changes_is_told(newsroom: Newsroom) -> None:
    draft_id = await newsroom.begins()
    for number in (2, 4, 9):
        newsroom.changes(draft_id, number)
    await newsroom.tells()
    (message,) = newsroom.said()
    assert "đã xử lý xong" in message["text"] and newsroom.states() == ["passed", "passed", "sent"]


async def test_what_the_person_has_seen_meanwhile_is_not_told(newsroom: Newsroom) -> None:
    draft_id = await newsroom.begins()
    newsroom.changes(draft_id, 4)
    newsroom.dossiers.said(draft_id)
    await newsroom.tells()
    assert newsroom.said() == [] and newsroom.states() == ["passed"]


async def test_after_the_free_window_it_waits_for_the_next_message(newsroom: Newsroom, world: Any) -> None:
    draft_id = await newsroom.begins()
    world.clock.ahead = 47 * HOUR
    newsroom.changes(draft_id, 4)
    await newsroom.tells()
    assert newsroom.said() == [] and newsroom.states() == ["closed"]
    await world.say("cho em hỏi", newsroom.user)
    await newsroom.tells()
    assert [newsroom.said()[0]["text"], "đang xử lý" in newsroom.said()[1]["text"]] == ["Em nghe: cho em hỏi", True]


async def test_with_a_template_it_is_sent_by_it(newsroom: Newsroom, world: Any) -> None:
    world.changes["zalo_news_template"] = "412345"
    draft_id = await newsroom.begins()
    world.clock.ahead = 100 * HOUR
    newsroom.changes(draft_id, 10)
    await newsroom.tells()
    (message,) = newsroom.said()
    assert message["message"]["template"] == "412345" and message["text"] == ""
    values = message["message"]["values"]
    assert values["thu_tuc"] == "đăng ký khai sinh" and values["trang_thai"] == "đã trả kết quả"
    assert values["duong_dan"].startswith("https://motcua.example/ho-so/mo/")


@pytest.mark.parametrize("code", [-32, -211, -200])
async def test_while_zalo_cannot_take_it_it_is_tried_again(newsroom: Newsroom, world: Any, code: int) -> None:
    draft_id = await newsroom.begins()
    await world.control("mode", api_error=code, api_error_times=4)
    newsroom.changes(draft_id, 4)
    await newsroom.tells()
    if code == -200:  # tried once more by the client, then refused for good: waits for their next message
        assert newsroom.states() == ["closed"] and newsroom.said() == []
    else:
        assert len(newsroom.said()) == 1 and newsroom.states() == ["sent"]


async def test_who_left_the_account_hears_it_when_they_come_back(newsroom: Newsroom, world: Any) -> None:
    draft_id = await newsroom.begins()
    await world.control("mode", api_error=-213, api_error_times=1)
    newsroom.changes(draft_id, 4)
    await newsroom.tells()
    assert newsroom.said() == [] and newsroom.states() == ["closed"]
    await world.control("follow", user_id=newsroom.user)
    await world.rest()
    await newsroom.tells()
    assert newsroom.states() == ["sent"] and any("đang xử lý" in message["text"] for message in newsroom.said())


async def test_a_lost_answer_is_not_sent_again(newsroom: Newsroom, world: Any) -> None:
    draft_id = await newsroom.begins()
    await world.control("mode", cut_off=True)
    newsroom.changes(draft_id, 4)
    await newsroom.tells()
    await world.control("mode", cut_off=False)
    await newsroom.tells()
    assert len(newsroom.said()) == 1 and newsroom.states() == ["unknown"]


async def test_while_an_officer_writes_the_news_waits(newsroom: Newsroom, world: Any) -> None:
    draft_id = await newsroom.begins()
    await world.control("staff", user_id=newsroom.user, text="Chào anh, em là cán bộ")
    await world.rest()
    newsroom.changes(draft_id, 4)
    teller = Teller(newsroom.drafts, {"zalo": world.channel.announcer}, "https://motcua.example", QUICK, world.clock)
    await teller.work()
    assert newsroom.said() == [] and newsroom.states() == ["waiting"]
    world.clock.ahead = HOUR
    await newsroom.tells()
    assert len(newsroom.said()) == 1


async def test_two_processes_tell_it_once(newsroom: Newsroom, world: Any) -> None:
    draft_id = await newsroom.begins()
    newsroom.changes(draft_id, 4)
    tellers = [
        Teller(newsroom.drafts, {"zalo": world.channel.announcer}, "https://motcua.example", QUICK, world.clock)
        for _ in range(4)
    ]
    await asyncio.gather(*(teller.work() for teller in tellers))
    assert len(newsroom.said()) == 1


async def test_erasing_takes_the_address_and_the_news_along(newsroom: Newsroom) -> None:
    draft_id = await newsroom.begins()
    newsroom.changes(draft_id, 4)
    gone = newsroom.drafts.erase_all(newsroom.sender)
    assert gone["remains"] == 0 and gone["news_addresses"] == 1
    await newsroom.tells()
    assert newsroom.said() == [] and newsroom.addresses.of(draft_id) is None


async def test_the_persons_id_is_nowhere_to_be_read(newsroom: Newsroom, world: Any) -> None:
    draft_id = await newsroom.begins()
    newsroom.changes(draft_id, 4)
    await newsroom.tells()
    for file in world.var.iterdir():
        assert newsroom.user.encode() not in file.read_bytes(), file.name
    assert newsroom.addresses.of(draft_id)


async def test_nobody_without_a_draft_is_kept_and_who_never_agrees_is_forgotten(
    newsroom: Newsroom, world: Any, linh: str
) -> None:
    await world.restart_channel()
    await world.say("chào em", linh)
    count = newsroom.drafts.connection.execute("SELECT count(*) FROM news_addresses").fetchone
    assert count() == (0,)
    kept, dropped = await newsroom.begins(), await newsroom.begins(agrees=False)
    world.clock.ahead = ADDRESS_KEPT + HOUR
    assert newsroom.addresses.tidy() == 1
    assert newsroom.addresses.of(kept) and newsroom.addresses.of(dropped) is None


async def test_killed_between_sending_and_writing_it_down_it_is_not_said_twice(
    world: Any,
    killable: Killable,  # noqa: F811 - the fixture
    hoang: str,
) -> None:
    var = killable.folder / "var"
    settings = world.settings()
    drafts = Drafts(var / "submissions.sqlite", keys.load(type(settings)(var=var)), "case_system")
    form = forms()[FORM]
    await killable.start(turn_seconds=0)
    user = keys.load(type(settings)(var=var)).digest("zalo-user", hoang)[:32]
    draft = drafts.offer(form.procedure, form.id, 1, sender_of(user), "zalo")
    drafts.consent(draft, "web")
    drafts.submit(draft)
    Permissions(drafts).allow_news(draft.id, "web")
    await world.control("say", user_id=hoang, text="chào em")
    Addresses(drafts).heard(sender_of(user), "zalo", hoang, world.clock())
    await world.until(lambda: any(m["text"].startswith("Em nghe") for m in world.zalo.messages))
    await world.control("mode", slow=30)  # taken at once, answered much later
    dossiers = Dossiers(drafts)
    dossier = dossiers.get(draft.id)
    assert dossier
    with drafts.transaction():
        dossiers.step(dossier, "submitted", 4, Facts("H26.1-261102-0012"))
    told = count_of(world, "đang xử lý")
    await world.until(lambda: told() == 1, 10)
    await killable.end(signal.SIGKILL)
    await world.control("mode", slow=0)
    await killable.start(turn_seconds=0)
    with drafts.transaction():  # something new is told after the restart, so the work is known to be going on
        later = dossiers.get(draft.id)
        assert later
        dossiers.step(later, "submitted", 10, Facts("H26.1-261102-0012"))
    await world.until(lambda: count_of(world, "đã trả kết quả")() == 1, 10)
    assert told() == 1
    states = sqlite3.connect(var / "submissions.sqlite").execute("SELECT state FROM news ORDER BY id").fetchall()
    assert states[0] == ("sending",)


def count_of(world: Any, words: str) -> Callable[[], int]:
    return lambda: sum(words in message["text"] for message in world.zalo.messages)
