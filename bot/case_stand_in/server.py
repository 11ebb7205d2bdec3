"""A local stand-in of the city's case system behind the national adapter, for tests and demos (research/domain.md 6.2).

    POST /mapi/login   {"username", "password"} → {"error_code": 0, "session"}
    POST /mapi/g       {"session", "madonvi", "service", …}: DongBoHoSoMC, TraCuuHoSo

Beside the system's own routes it has a control interface, JSON in and out, to play the officers and to break things:

    POST /control/mode      {"slow": 3, "times": 1, …}   switches, see state.Mode; {} shows them, {"reset": true} clears
    POST /control/move      {"code", "state", "reason"?, "reasons"?: [{"code", "text"}], "due"?: "yyyyMMddHHmmss"}
                            one of the ten states; with 5 the reasons go into DanhSachHoSoBoSung
    GET  /control/dossiers  every dossier, oldest first
    GET  /control/calls     services called, oldest first
    GET  /control/files?code=[&component=]  the papers fetched for a dossier: their sizes, or one of them

It listens on the loopback address only and checks nobody's right to control it. It keeps everything in memory.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from aiohttp import web

from bot.case_stand_in import fetched
from bot.case_stand_in.state import HANOI, STATE, STATES, Mode, State

LARGEST = 4_000_000  # bytes
_NEEDED = ("MaHoSo", "MaTTHC", "TrangThaiHoSo")
WATCH = web.AppKey[Callable[[str], None]]("case_stand_in_watch")
"""Called with "received", "taken", "answered"; tests kill the sender there."""


def make_app(user: str, password: str, unit: str, watch: Callable[[str], None] = lambda point: None) -> web.Application:
    """The stand-in as an application."""
    app = web.Application(client_max_size=LARGEST)
    app[STATE], app[WATCH] = State(user, password, unit), watch
    app.add_routes([
        web.post("/mapi/login", login), web.post("/mapi/g", service), web.post("/control/mode", _safely(mode)),
        web.post("/control/move", _safely(move)), web.get("/control/dossiers", dossiers), web.get("/control/calls", calls),
        web.get("/control/files", fetched.show),
    ])  # fmt: skip
    app[fetched.FETCHER] = fetched.Fetcher()
    app.cleanup_ctx.append(fetched.running)
    return app


def main(port: int, user: str, password: str, unit: str) -> None:
    """Serve on 127.0.0.1 until stopped."""
    print(
        f"case system stand-in on http://127.0.0.1:{port}. Start the product with:\n"
        f"MOTCUA_DELIVERY=case_system MOTCUA_CASE_URL=http://127.0.0.1:{port} MOTCUA_CASE_USER={user} "
        f"MOTCUA_CASE_PASSWORD={password}",
        flush=True,
    )
    web.run_app(make_app(user, password, unit), host="127.0.0.1", port=port, print=None, access_log=None)


async def login(request: web.Request) -> web.Response:
    """A session for the right name and password."""
    state, given = request.app[STATE], await _body(request)
    if state.mode.no_login or (given.get("username"), given.get("password")) != (state.user, state.password):
        return web.json_response({"error_code": -1, "error_message": "Sai tên đăng nhập hoặc mật khẩu"})
    return web.json_response({"error_code": 0, "session": state.log_in()})


async def service(request: web.Request) -> web.StreamResponse:
    """One service call."""
    state, given = request.app[STATE], await _body(request)
    name = str(given.get("service"))
    state.calls.append(name)
    if not state.knows(given.get("session")):
        return _fault("02", "Phiên làm việc không hợp lệ hoặc đã hết hạn")
    if given.get("madonvi") != state.unit:
        return _fault("03", "Mã đơn vị không đúng")
    if name == "DongBoHoSoMC":
        return await _synchronise(request, state, given)
    if name == "TraCuuHoSo":
        if state.fault("garble_look"):
            return web.Response(text="<html>Bad gateway</html>", content_type="text/html")
        return web.json_response({"error_code": "00", "result": _found(state, given)})
    return _fault("05", "Dịch vụ không tồn tại")


def _fault(code: str, message: str) -> web.Response:
    return web.json_response({"error_code": code, "error_message": message, "result": []})


async def _body(request: web.Request) -> dict[str, Any]:
    try:
        return msgspec.json.decode(await request.read(), type=dict[str, Any])
    except msgspec.DecodeError:
        raise web.HTTPBadRequest(text="bad JSON") from None


async def _synchronise(request: web.Request, state: State, given: dict[str, Any]) -> web.StreamResponse:
    watch = request.app[WATCH]
    watch("received")
    if code := state.fault("refuse"):
        return _fault(code, "Hệ thống không nhận hồ sơ")
    if status := state.fault("http"):
        return web.Response(status=status, text="error")
    if state.fault("hang_up"):
        return _hang_up(request)
    data = given.get("data")
    wrong = _wrong(data)
    if wrong or not isinstance(data, list):
        return _fault("01", wrong or "data")
    if _too_late(state, data):
        return _fault("06", "Hồ sơ đã kết thúc, không rút được")
    # As a real one: what has been read is done, whether the sender still listens or not.
    codes = await asyncio.shield(asyncio.create_task(_take(request, state, given, data)))
    if seconds := state.mode.slow_after:
        await asyncio.sleep(seconds)
    if status := state.fault("http_after"):
        return web.Response(status=status, text="error")
    if state.fault("hang_up_after"):
        return _hang_up(request)
    answer = {"error_code": "00", "result": [_shown(state, one) for one in codes]}
    response = _garbled(state.fault("garble"), answer)
    await response.prepare(request)
    await response.write_eof()
    watch("answered")
    return response


async def _take(request: web.Request, state: State, given: dict[str, Any], data: list[dict[str, Any]]) -> list[str]:
    await asyncio.sleep(state.mode.slow)
    update = given.get("isUpdating") == "True"
    codes = [_update(state, one) if update else _create(state, one) for one in data]
    for code, one in zip(codes, data, strict=True):
        request.app[fetched.FETCHER].fetch(code, one.get("TaiLieuNop") or [])
    request.app[WATCH]("taken")
    return codes


def _wrong(data: Any) -> str:
    if not isinstance(data, list) or not data or not all(isinstance(one, dict) for one in data):
        return "data phải là danh sách hồ sơ"
    missing = [name for one in data for name in _NEEDED if not isinstance(one.get(name), str) or not one[name]]
    if missing:
        return f"Thiếu {missing[0]}"
    return next((fault for one in data if (fault := fetched.fault_of(one.get("TaiLieuNop", [])))), "")


def _too_late(state: State, data: list[dict[str, Any]]) -> bool:
    """Whether a withdrawal names a dossier that is settled: refused, stopped or finished."""
    wanted = [one["MaHoSo"] for one in data if one["TrangThaiHoSo"] == "7"]
    return any(state.dossiers.get(code, {}).get("TrangThaiHoSo") in ("3", "8", "9", "10") for code in wanted)


def _create(state: State, given: dict[str, Any]) -> str:
    code: str = state.new_code()
    now = dt.datetime.now(HANOI)
    due = now + dt.timedelta(days=state.mode.working_days)
    while due.weekday() >= 5:
        due += dt.timedelta(days=1)
    state.dossiers[code] = {
        **given, "MaHoSo": code, "TrangThaiHoSo": "1", "NgayTiepNhan": f"{now:%Y%m%d%H%M%S}",
        "NgayHenTra": f"{due:%Y%m%d}170000" if state.mode.working_days else "", "DanhSachHoSoBoSung": [],
    }  # fmt: skip
    state.set_state(code, 1)
    return code


def _update(state: State, given: dict[str, Any]) -> str:
    """A correction is added to what is there; the dossier is being worked on again. State 7 withdraws it."""
    code = str(given["MaHoSo"])
    if code not in state.dossiers:
        return code
    kept = state.dossiers[code]
    if given["TrangThaiHoSo"] == "7":
        kept["GhiChu"] = given.get("GhiChu", "")
        if state.mode.withdrawals:
            state.set_state(code, 7)
        return code
    listed = [*kept["DanhSachHoSoBoSung"], *given.get("DanhSachHoSoBoSung", [])]
    fixed = {name: kept[name] for name in ("SoBienNhan", "NgayTiepNhan", "NgayHenTra")}
    state.dossiers[code] = {**kept, **given, **fixed, "DanhSachHoSoBoSung": listed}
    state.set_state(code, 4)
    return code


def _shown(state: State, code: str) -> dict[str, Any]:
    return state.moved(code) if code in state.dossiers else {"MaHoSo": code, "TrangThaiHoSo": ""}


def _found(state: State, given: dict[str, Any]) -> list[dict[str, Any]]:
    code, receipt = given.get("maHoSo"), given.get("soBienNhan")
    for one in list(state.dossiers):
        state.moved(one)
    return [
        one for one in state.dossiers.values()
        if (code and one["MaHoSo"] == code) or (receipt and one.get("SoBienNhan") == receipt)
    ]  # fmt: skip


def _hang_up(request: web.Request) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response()


def _garbled(kind: str, answer: dict[str, Any]) -> web.Response:
    text = msgspec.json.encode(answer)
    bodies = {
        "html": b"<html><body>504 Gateway Time-out</body></html>", "cut": text[: len(text) // 2], "array": b"[1, 2]",
        "twice": text + text, "deep": b'{"error_code":' + b"[" * 50_000, "huge": b'{"error_code":"00","result":["' + b"x" * 3_000_000 + b'"]}',
        "no_code": b'{"error_code":"00","result":[{"TrangThaiHoSo":"1"}]}',
        "other": b'{"error_code":"00","result":[{"MaHoSo":"<script>alert(1)</script>","TrangThaiHoSo":"99"}]}',
    }  # fmt: skip
    return web.Response(body=bodies.get(kind, text), content_type="application/json")


def _safely(handler: Callable[[State, dict[str, Any]], Any]) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def guarded(request: web.Request) -> web.Response:
        try:
            given = msgspec.json.decode(await request.read() or b"{}", type=dict[str, Any])
            return web.json_response(handler(request.app[STATE], given))
        except (msgspec.DecodeError, msgspec.ValidationError, KeyError, TypeError, ValueError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)

    return guarded


def mode(state: State, given: dict[str, Any]) -> dict[str, Any]:
    """Switch faults; the new ones replace only what is named."""
    before = {} if given.pop("reset", False) else msgspec.to_builtins(state.mode)
    state.mode = msgspec.convert({**before, **given}, Mode)
    return dict(msgspec.to_builtins(state.mode))


def move(state: State, given: dict[str, Any]) -> dict[str, Any]:
    """An officer moves a dossier on, or sends it back with reasons."""
    code, number = str(given["code"]), int(given["state"])
    dossier = state.dossiers[code]
    state.set_state(code, number)
    if given.get("due"):
        dossier["NgayHenTra"] = str(given["due"])
    if number == 5:
        listed = dossier["DanhSachHoSoBoSung"]
        listed.append({
            "HoSoBoSungId": f"YC-{len(listed) + 1}", "NguoiYeuCauBoSung": "Cán bộ tiếp nhận",
            "NoiDungBoSung": str(given.get("reason", "")), "NgayBoSung": f"{dt.datetime.now(HANOI):%Y%m%d%H%M%S}",
            "TrangThaiBoSung": "0",
            "DanhSachLyDo": [{"MaLyDo": str(one.get("code", "")), "NoiDung": str(one.get("text", ""))} for one in given.get("reasons", [])],
        })  # fmt: skip
    elif given.get("reason"):
        dossier["GhiChu"] = str(given["reason"])
    return {"code": code, "state": number, "name": STATES[number]}


async def dossiers(request: web.Request) -> web.Response:
    """Everything there is."""
    return web.json_response(list(request.app[STATE].dossiers.values()))


async def calls(request: web.Request) -> web.Response:
    """Services called, oldest first."""
    return web.json_response(request.app[STATE].calls)
