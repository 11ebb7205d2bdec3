"""Changing the key: everything opens afterwards, hashes still find, and kill -9 at any moment loses nothing."""

from __future__ import annotations

import fcntl
import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import InvalidToken

from bot import keys as house
from bot import settings
from bot.channels.zalo.store import ZaloStore
from bot.gateway.cookie_keys import CookieKeys
from bot.keys import Box, CannotDecrypt
from bot.settings import ROOT, Settings
from bot.submissions import rotation
from bot.submissions.photos.cleaning import Cleaned
from bot.submissions.photos.store import Photos
from bot.submissions.store import Drafts
from procedures_kb.form_model import forms

FORM = forms()["xac_nhan_tinh_trang_hon_nhan"]


def installation(var: Path, drafts: int) -> tuple[Settings, list[str]]:
    """Drafts of one conversation, each with a photo; and conversation rows as the tracker store writes them."""
    configuration = Settings(var=var)
    keys = house.load(configuration)
    store = Drafts(configuration.submissions_path, keys)
    photos = Photos(store, 10**7)
    ids = []
    for number in range(drafts):
        draft = store.offer(FORM.procedure, FORM.id, 1, "web:somebody", "web")
        store.consent(draft, "web")
        draft.content.values["nguoi_yeu_cau"] = f"Nguyễn Thị Mai {number}"
        store.save(draft, "citizen", "filled")
        photos.add(draft, "to_khai", Cleaned("jpeg", b"%PDF- my page", 1, b"small picture"))
        ids.append(draft.id)
    engine = sa.create_engine(configuration.conversations_url)
    box = keys.box("conversations")
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE TABLE turns (id INTEGER PRIMARY KEY, conversation TEXT, starts_session BOOLEAN, written_at FLOAT, sealed BLOB)"
        )
        for number in range(drafts):
            name = keys.digest("conversation", f"web:{number}")
            connection.execute(
                sa.text("INSERT INTO turns (conversation, sealed) VALUES (:name, :sealed)"),
                {"name": name, "sealed": box.seal(b"said", name)},
            )
    engine.dispose()
    zalo = ZaloStore(configuration, keys)
    assert zalo.user("123")
    return configuration, ids


def everything_opens(configuration: Settings, ids: list[str]) -> None:
    keys = house.load(configuration)
    store = Drafts(configuration.submissions_path, keys)
    photos = Photos(store, 10**7)
    assert sorted(store.ids_of("web:somebody")) == sorted(ids), "the owner is still found by the keyed hash"
    for number, draft_id in enumerate(ids):
        draft = store.get(draft_id)
        assert draft.content.values["nguoi_yeu_cau"] == f"Nguyễn Thị Mai {number}"
        assert photos.small(draft, draft.attached[0].id) == b"small picture"
    box = keys.box("conversations")
    engine = sa.create_engine(configuration.conversations_url)
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT conversation, sealed FROM turns").fetchall()
    engine.dispose()
    assert len(rows) == len(ids) and all(box.open(sealed, name) == b"said" for name, sealed in rows)


def test_afterwards_everything_opens_with_the_new_key_alone(tmp_path: Path) -> None:
    configuration, ids = installation(tmp_path, 12)
    before = house.load(configuration)
    done = rotation.rotate(configuration)
    assert (done.sealed_anew, done.unreadable) == (48, 0)
    everything_opens(configuration, ids)
    assert oct((tmp_path / "key").stat().st_mode & 0o777) == "0o600"
    row = sqlite3.connect(tmp_path / "submissions.sqlite").execute("SELECT id, sealed FROM drafts").fetchone()
    with pytest.raises(CannotDecrypt):
        before.box("drafts").open(row[1], row[0])
    rotation.drop_old(configuration)
    assert not (tmp_path / "key.old").exists()
    everything_opens(configuration, ids)


def test_the_old_bytes_are_gone_from_the_file(tmp_path: Path) -> None:
    configuration, _ = installation(tmp_path, 3)
    old = [row[0] for row in sqlite3.connect(tmp_path / "submissions.sqlite").execute("SELECT sealed FROM drafts")]
    rotation.rotate(configuration)
    for file in tmp_path.glob("submissions.sqlite*"):
        assert not any(sealed in file.read_bytes() for sealed in old), file


def test_hash_keys_stay_through_two_changes(tmp_path: Path) -> None:
    configuration, ids = installation(tmp_path, 2)
    first = house.load(configuration)
    for _ in range(2):
        rotation.rotate(configuration)
        rotation.drop_old(configuration)
    now = house.load(configuration)
    assert all(first.digest(purpose, "x") == now.digest(purpose, "x") for purpose in rotation.HASHED)
    assert first.derive("drafts") != now.derive("drafts")
    everything_opens(configuration, ids)


def test_with_the_key_in_the_environment_the_next_one_is_handed_over(tmp_path: Path) -> None:
    configuration, ids = installation(tmp_path, 2)
    text = (tmp_path / "key").read_text()
    (tmp_path / "key").unlink()
    by_environment = Settings(var=tmp_path, key=text)
    rotation.rotate(by_environment)
    everything_opens(by_environment, ids)  # not restarted yet: both keys open
    after = Settings(var=tmp_path, key=(tmp_path / "key.next").read_text().replace("\n", ";"))
    (tmp_path / "key.next").unlink()
    everything_opens(after, ids)
    assert not (tmp_path / "key").exists()


def test_a_damaged_key_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("bm90IDMy\n")
    with pytest.raises(settings.SettingError, match="32 bytes"):
        house.load(Settings(var=tmp_path))


def test_a_row_written_meanwhile_keeps_the_change_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    configuration, ids = installation(tmp_path, 2)
    before, reseal = house.load(configuration), rotation._reseal

    def and_somebody_writes(*given: Any) -> rotation.Done:
        done = reseal(*given)
        Drafts(configuration.submissions_path, before).offer(FORM.procedure, FORM.id, 1, "web:late", "web")
        return done

    monkeypatch.setattr(rotation, "_reseal", and_somebody_writes)
    with pytest.raises(rotation.CannotRotate, match="1 rows were written meanwhile"):
        rotation.rotate(configuration)
    assert (tmp_path / "key.next").exists()
    monkeypatch.undo()
    assert rotation.rotate(configuration).sealed_anew == 1
    everything_opens(configuration, ids)


def test_the_key_of_before_is_not_dropped_while_rows_need_it(tmp_path: Path) -> None:
    configuration, ids = installation(tmp_path, 2)
    before = house.load(configuration)
    rotation.rotate(configuration)
    late = Drafts(configuration.submissions_path, before)  # a process that was not stopped
    draft = late.offer(FORM.procedure, FORM.id, 1, "web:late", "web")
    with pytest.raises(rotation.CannotRotate, match="1 rows"):
        rotation.drop_old(configuration)
    assert Drafts(configuration.submissions_path, house.load(configuration)).get(draft.id)


def test_sessions_of_before_go_on_until_the_old_key_is_dropped() -> None:
    old, new = b"o" * 32, b"n" * 32
    cookie = CookieKeys([old]).encrypt(b"session")
    assert CookieKeys([new, old]).decrypt(cookie) == b"session"
    with pytest.raises(InvalidToken):
        CookieKeys([new]).decrypt(cookie)


def any_sealed_anew(configuration: Settings) -> bool:
    """Whether at least one draft is sealed with the next key already."""
    newest = house.load(configuration).alone().box("drafts")
    with sqlite3.connect(configuration.submissions_path) as connection:
        row = connection.execute("SELECT id, sealed FROM drafts ORDER BY id LIMIT 1").fetchone()
    try:
        return bool(newest.open(row[1], row[0]))
    except CannotDecrypt:
        return False


def test_killed_again_and_again_it_ends_with_everything_readable(tmp_path: Path) -> None:
    configuration, ids = installation(tmp_path, 250)
    environment = {**os.environ, "MOTCUA_VAR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    chance = random.Random(5)
    killed = under_way = 0
    for attempt in range(60):
        process = subprocess.Popen(
            [sys.executable, "-c", "from bot.submissions import rotation; rotation.BATCH = 2; from bot import settings\n"
             "print(flush=True)\nrotation.rotate(settings.load())"],
            env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert process.stdout
        process.stdout.readline()  # loaded: what follows is the change itself
        if attempt < 58:
            time.sleep(chance.uniform(0, 0.08))
        else:
            process.wait(60)
        process.send_signal(signal.SIGKILL)
        if process.wait() == 0:
            break
        killed += 1
        under_way += (tmp_path / "key.next").exists() and any_sealed_anew(configuration)
        everything_opens(configuration, ids)
    assert killed >= 8 and under_way >= 5, "kills that met a half-done change"
    assert not (tmp_path / "key.next").exists()
    everything_opens(configuration, ids)
    rotation.drop_old(configuration)
    everything_opens(configuration, ids)


def test_every_sealed_column_and_every_keyed_hash_of_the_code_is_known(tmp_path: Path) -> None:
    """Whoever seals or hashes something new writes it down in ``rotation``, or it would be lost with the old key."""
    texts = {
        path: path.read_text(encoding="utf-8")
        for folder in ("bot", "actions")
        for path in (ROOT / folder).rglob("*.py")
    }
    purposes = {found for text in texts.values() for found in re.findall(r'\bdigest\(\s*"([\w-]+)"', text)}
    assert purposes <= set(rotation.HASHED), "digest purposes"
    boxes = {found for text in texts.values() for found in re.findall(r'\.box\(\s*"([\w-]+)"', text)}
    assert boxes <= {sealed.purpose for sealed in rotation.COLUMNS}, "boxes"
    configuration, _ = installation(tmp_path, 1)
    known = {(sealed.file, sealed.table, sealed.column) for sealed in rotation.COLUMNS}
    for file in ("submissions", "zalo"):
        inspector = sa.inspect(sa.create_engine(f"sqlite:///{tmp_path / file}.sqlite"))
        for table in inspector.get_table_names():
            for column in inspector.get_columns(table):
                if isinstance(column["type"], sa.LargeBinary):
                    assert (file, table, column["name"]) in known


def test_a_box_opens_with_any_of_its_keys_and_seals_with_the_first() -> None:
    box = Box(b"n" * 32, b"o" * 32)
    assert box.open(Box(b"o" * 32).seal(b"x", "c"), "c") == b"x"
    assert Box(b"n" * 32).open(box.seal(b"x", "c"), "c") == b"x"


def command(var: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "MOTCUA_VAR": str(var), "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-m", "bot", "keys", *arguments], env=environment, cwd=ROOT, capture_output=True, text=True
    )


def test_the_command_changes_the_key_and_never_prints_it(tmp_path: Path) -> None:
    configuration, ids = installation(tmp_path, 2)
    before = (tmp_path / "key").read_text()
    done = command(tmp_path, "rotate")
    assert done.returncode == 0 and "drop-old" in done.stdout, done.stderr
    everything_opens(configuration, ids)
    again = command(tmp_path, "rotate")
    assert again.returncode == 1 and "run ./motcua keys drop-old first" in again.stderr
    assert command(tmp_path, "drop-old").returncode == 0
    everything_opens(configuration, ids)
    shown = done.stdout + done.stderr + again.stderr
    assert not any(line.strip() in shown for line in [before, *(tmp_path / "key").read_text().splitlines()])


def test_the_command_refuses_while_the_service_runs(tmp_path: Path) -> None:
    installation(tmp_path, 1)
    with (tmp_path / "serve.lock").open("a+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = command(tmp_path, "rotate")
    assert done.returncode == 1 and "another serve" in done.stderr and not (tmp_path / "key.next").exists()
