"""Accounts without pages: passwords, lock-out, sessions, the trail."""

from __future__ import annotations

import asyncio
import sqlite3
import stat
import unicodedata
from pathlib import Path
from typing import Literal

import pytest
from argon2 import PasswordHasher

from bot.staff.roles import May, Role
from bot.staff.users import UserFault, Users, WeakPassword
from tests.staff.console import PASSWORD, Clock


async def test_right_password_signs_in(users: Users) -> None:
    user = await users.sign_in("editor", PASSWORD)
    assert user is not None and user.role is Role.editor


async def test_name_is_read_without_regard_to_case_and_spaces(users: Users) -> None:
    assert await users.sign_in("  Editor ", PASSWORD)


async def test_password_typed_in_the_other_unicode_form_is_the_same(users: Users) -> None:
    assert await users.sign_in("editor", unicodedata.normalize("NFD", PASSWORD))


async def test_five_wrong_tries_lock_out_even_the_right_password(users: Users) -> None:
    for _ in range(5):
        await users.sign_in("editor", "wrong password")
    assert await users.sign_in("editor", PASSWORD) is None


async def test_lock_out_ends_after_fifteen_minutes(users: Users, clock: Clock) -> None:
    for _ in range(5):
        await users.sign_in("editor", "wrong password")
    clock.pass_(minutes=15, seconds=1)
    assert await users.sign_in("editor", PASSWORD)


async def test_counting_begins_anew_after_a_lock_out(users: Users, clock: Clock) -> None:
    for _ in range(5):
        await users.sign_in("editor", "wrong password")
    clock.pass_(minutes=16)
    for _ in range(4):
        await users.sign_in("editor", "wrong password")
    assert await users.sign_in("editor", PASSWORD)


async def test_four_wrong_tries_do_not_lock_out(users: Users) -> None:
    for _ in range(4):
        await users.sign_in("editor", "wrong password")
    assert await users.sign_in("editor", PASSWORD)


async def test_good_sign_in_forgets_earlier_wrong_tries(users: Users) -> None:
    for _ in range(3):
        for _ in range(3):
            await users.sign_in("editor", "wrong password")
        assert await users.sign_in("editor", PASSWORD)


async def test_guesses_sent_all_at_once_are_limited_too(users: Users) -> None:
    guesses = [users.sign_in("editor", f"wrong password {n}") for n in range(20)]
    await asyncio.gather(*guesses)
    assert await users.sign_in("editor", PASSWORD) is None


async def test_unknown_name_costs_one_argon2_like_a_known_one(tmp_path: Path) -> None:
    counted: list[str] = []

    class Counting(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            counted.append(str(hash).rsplit("$", 2)[0])
            return super().verify(hash, password)

    made = Users(tmp_path / "staff.sqlite", Counting(time_cost=1, memory_cost=8, parallelism=1))
    made.add("mai", "Mai", Role.viewer, PASSWORD, "test")
    await made.sign_in("mai", "wrong password")
    await made.sign_in("nobody", "wrong password")
    assert len(counted) == 2 and counted[0] == counted[1]  # same parameters, so the same time


async def test_hash_with_old_parameters_is_renewed(tmp_path: Path, users: Users, cheap: PasswordHasher) -> None:
    stronger = Users(tmp_path / "staff.sqlite", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    assert await stronger.sign_in("editor", PASSWORD)
    stored = stronger.database.execute("SELECT hash FROM users WHERE name = 'editor'").fetchone()[0]
    assert "m=16,t=2" in stored
    assert await stronger.sign_in("editor", PASSWORD)


def test_short_password_is_refused(users: Users) -> None:
    with pytest.raises(WeakPassword):
        users.add("mai", "Mai", Role.viewer, "123456789", "test")


def test_password_of_one_repeated_letter_is_refused(users: Users) -> None:
    with pytest.raises(WeakPassword):
        users.add("mai", "Mai", Role.viewer, "aaaaaaaaaaaa", "test")


def test_taken_name_is_refused(users: Users) -> None:
    with pytest.raises(UserFault, match="exists already"):
        users.add("editor", "Mai", Role.viewer, PASSWORD, "test")


@pytest.mark.parametrize("name", ["", "Mai", "mai lan", "1mai", "m", "mai\n", "../mai", "x" * 41])
def test_strange_names_are_refused(users: Users, name: str) -> None:
    with pytest.raises(UserFault, match="name"):
        users.add(name, "Mai", Role.viewer, PASSWORD, "test")


def test_locking_ends_sessions_at_once(users: Users) -> None:
    token = users.start_session("editor")
    users.lock("editor", "test")
    assert users.session_user(token) is None


async def test_locked_account_cannot_sign_in(users: Users) -> None:
    users.lock("editor", "test")
    assert await users.sign_in("editor", PASSWORD) is None


async def test_unlocking_lifts_a_lock_out(users: Users) -> None:
    for _ in range(5):
        await users.sign_in("editor", "wrong password")
    users.unlock("editor", "test")
    assert await users.sign_in("editor", PASSWORD)


def test_new_password_ends_other_sessions(users: Users) -> None:
    token = users.start_session("editor")
    users.set_password("editor", "another long one", "test")
    assert users.session_user(token) is None


def test_session_ends_after_eight_idle_hours(users: Users, clock: Clock) -> None:
    token = users.start_session("editor")
    clock.pass_(hours=8, minutes=1)
    assert users.session_user(token) is None


def test_used_session_lives_on(users: Users, clock: Clock) -> None:
    token = users.start_session("editor")
    for _ in range(3):
        clock.pass_(hours=7)
        assert users.session_user(token)


async def test_trail_names_sign_ins_and_refusals(users: Users) -> None:
    await users.sign_in("editor", "wrong password")
    await users.sign_in("editor", PASSWORD)
    assert [(row.who, row.act) for row in users.trail(2)] == [("editor", "signed in"), ("editor", "sign-in refused")]


async def test_unknown_name_is_not_written_to_the_trail(users: Users) -> None:
    await users.sign_in("my secret password", "x")
    assert users.trail(1)[0].who == "?"


async def test_no_password_stands_in_the_file(tmp_path: Path, users: Users) -> None:
    await users.sign_in("editor", PASSWORD)
    await users.sign_in("editor", "wrong password typed")
    dump = "\n".join(sqlite3.connect(tmp_path / "staff.sqlite").iterdump())
    assert PASSWORD not in dump and "wrong password typed" not in dump


def test_session_token_is_stored_as_digest_only(tmp_path: Path, users: Users) -> None:
    token = users.start_session("editor")
    assert token not in "\n".join(sqlite3.connect(tmp_path / "staff.sqlite").iterdump())


def test_only_the_owner_reads_the_file(tmp_path: Path, users: Users) -> None:
    assert stat.S_IMODE((tmp_path / "staff.sqlite").stat().st_mode) == 0o600


def test_viewer_may_only_read(users: Users) -> None:
    viewer = users.get("viewer")
    assert viewer is not None and [act for act in May if viewer.may(act)] == [May.read]
