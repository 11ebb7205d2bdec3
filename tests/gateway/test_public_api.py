"""The public read interface: real answers, checked against the OpenAPI document it gives of itself."""

from __future__ import annotations

import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from jsonschema import Draft202012Validator

from bot.gateway import public_api
from bot.gateway.app import make_app
from bot.gateway.parts import PUBLIC_LIMIT
from bot.settings import Settings
from procedures_kb.imported import Imported
from procedures_kb.sources import take
from procedures_kb.store import Store

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(
    tmp_path: Path, loaded_path: Path, aiohttp_client: Callable[[web.Application], Awaitable[Client]]
) -> Client:
    """The gateway over the catalog and one imported record."""
    shutil.copy(loaded_path, tmp_path / "kb.sqlite")
    store = Store(tmp_path / "kb.sqlite")
    with store.transaction():
        take(store, Imported(code="9.000001", name="Cấp phép nuôi ong", source="portal-catalogue"), "test")
        take(store, Imported(code="2.000986", name="Liên thông cũ", source="portal-catalogue"), "test")
    store.close()
    return await aiohttp_client(make_app(Settings(var=tmp_path)))


async def answer(client: Client, address: str, status: int = 200) -> Any:
    response = await client.get(address)
    assert response.status == status, await response.text()
    return await response.json()


ANSWERED = [
    "/api/v1/procedures",
    "/api/v1/procedures?q=giay%20doc%20than",
    "/api/v1/procedures?field=H%E1%BB%99%20t%E1%BB%8Bch&page=2",
    "/api/v1/procedures/1.001193",
    "/api/v1/procedures/1.001193.000.00.00.H26",
    "/api/v1/procedures/1.014063?as_of=2027-01-01",
    "/api/v1/procedures/1.004873?case=cap_lai",
    "/api/v1/procedures/9.000001",
    "/api/v1/points?unit=00166&limit=3",
    "/api/v1/points?near=21.03,105.85",
    "/api/v1/points?procedure=1.004222&address=ph%C6%B0%E1%BB%9Dng%20Ho%C3%A0n%20Ki%E1%BA%BFm",
    "/api/v1/points?address=ph%C6%B0%E1%BB%9Dng%20C%E1%BB%91ng%20V%E1%BB%8B",
    "/api/v1/fees/quote?procedure=2.000815&copies=2&pages=5",
    "/api/v1/fees/quote?procedure=1.004873",
    "/api/v1/deadline?procedure=1.004222&received=2026-11-27T10:00:00",
    "/api/v1/release",
]


@pytest.mark.parametrize("address", ANSWERED)
async def test_answers_are_as_the_document_describes_them(client: Client, address: str) -> None:
    document = await answer(client, "/api/v1/openapi.json")
    path = address.split("?")[0]
    described = next(
        operation["get"]
        for template, operation in document["paths"].items()
        if template == path or (template.endswith("{code}") and path.startswith(template[: -len("{code}")]))
    )
    schema = described["responses"]["200"]["content"]["application/json"]["schema"] | {
        "components": document["components"]
    }
    Draft202012Validator(schema).validate(await answer(client, address))
    known = {parameter["name"] for parameter in described["parameters"]}
    asked = {pair.split("=")[0] for pair in address.partition("?")[2].split("&") if pair}
    assert asked <= known


async def test_every_public_route_is_described(client: Client) -> None:
    document = await answer(client, "/api/v1/openapi.json")
    routes = {r.canonical for r in client.app.router.resources() if r.canonical.startswith("/api/v1/")}
    assert routes - {"/api/v1/openapi.json"} == set(document["paths"])


async def test_facts_of_the_day_asked_for(client: Client) -> None:
    before = await answer(client, "/api/v1/procedures/1.014063?as_of=2026-12-31")
    after = await answer(client, "/api/v1/procedures/1.014063?as_of=2027-01-01")
    amounts = [{f["id"]: f.get("amount") for f in record["procedure"]["fees"]} for record in (before, after)]
    assert [known["le_phi"] for known in amounts] == [25_000, 50_000]


async def test_nothing_of_an_unreviewed_record_is_stated(client: Client) -> None:
    record = await answer(client, "/api/v1/procedures/9.000001")
    assert record["procedure"] is None and "chưa kiểm tra" in record["notice"]
    assert (await answer(client, "/api/v1/fees/quote?procedure=9.000001", 404))["error"]["code"] == "not_reviewed"


async def test_a_repealed_code_names_its_successor(client: Client) -> None:
    assert (await answer(client, "/api/v1/procedures/2.000986"))["replaced_by"] == "3.000722"


async def test_points_of_a_police_procedure_are_the_units_own_police(client: Client) -> None:
    found = await answer(client, "/api/v1/points?procedure=1.004222&unit=00070")
    assert [point["point"]["id"] for point in found["points"]] == ["ca-00070"]


async def test_a_divided_old_ward_is_asked_about(client: Client) -> None:
    found = await answer(
        client, "/api/v1/points?address=ph%C6%B0%E1%BB%9Dng%20C%E1%BB%91ng%20V%E1%BB%8B,%20Ba%20%C4%90%C3%ACnh"
    )
    assert {choice["code"] for choice in found["choices"]} == {"00008", "00025"} and found["ask"]


async def test_nearest_first(client: Client) -> None:
    found = await answer(client, "/api/v1/points?kind=commune&near=21.0386,105.838&limit=5")
    distances = [point["distance_km"] for point in found["points"]]
    assert found["points"][0]["point"]["id"] == "xa-00004" and distances == sorted(distances)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/api/v1/procedures?page=0", "page"),
        ("/api/v1/procedures?page=x", "page"),
        ("/api/v1/procedures?unknown=1", "unknown"),
        ("/api/v1/procedures?q=" + "a" * 300, "q"),
        ("/api/v1/procedures/1.001193?as_of=31-12-2026", "as_of"),
        ("/api/v1/procedures/1.001193?case=khong_co", "case"),
        ("/api/v1/points?near=abc", "near"),
        ("/api/v1/points?unit=99999", "unit"),
        ("/api/v1/fees/quote", "procedure"),
        ("/api/v1/fees/quote?procedure=2.000815&copies=-1", "copies"),
        ("/api/v1/fees/quote?procedure=2.000815&groups=vua_hung", "groups"),
        ("/api/v1/fees/quote?procedure=2.000815&channel=fax", "channel"),
        ("/api/v1/deadline?procedure=1.004222&received=hom-nay", "received"),
        ("/api/v1/deadline?procedure=1.004222&received=9999-12-31T10:00:00", "received"),
        ("/api/v1/deadline?procedure=1.004222&point=khong-co", "point"),
    ],
)
async def test_a_wrong_field_is_named(client: Client, address: str, field: str) -> None:
    fault = (await answer(client, address, 400))["error"]
    assert fault["code"] == "bad_field" and field in fault["message"]


@pytest.mark.parametrize("code", ["9.999999", "x", "1.0", "..%2f..%2fetc"])
async def test_an_unknown_code_is_not_found(client: Client, code: str) -> None:
    await answer(client, f"/api/v1/procedures/{code}", 404)


async def test_public_answers_may_be_kept_for_a_minute_and_read_from_other_sites(client: Client) -> None:
    response = await client.get("/api/v1/procedures/1.001193")
    assert response.headers["Cache-Control"] == "public, max-age=60"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


async def test_the_release_file_is_only_sent_when_it_is_new(client: Client) -> None:
    first = await client.get("/api/v1/release/file")
    assert first.status == 200 and len(await first.read()) > 1000
    again = await client.get("/api/v1/release/file", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304


async def test_a_page_shows_every_aspect_and_is_linked_data(client: Client) -> None:
    response = await client.get("/thu-tuc/1.001193")
    text = await response.text()
    assert response.status == 200
    for said in (
        "Giấy chứng sinh",
        "Không phải nộp",
        "163/QĐ-BTP",
        "Trung tâm Phục vụ hành chính công",
        "60/2014/QH13",
    ):
        assert said in text
    data = msgspec.json.decode(text.split('<script type="application/ld+json">')[1].split("</script>")[0])
    assert data["@type"] == "GovernmentService" and data["identifier"] == "1.001193"


async def test_text_cannot_leave_the_linked_data(tmp_path: Path, client: Client) -> None:
    store = Store(tmp_path / "kb.sqlite")
    procedure = store.get("1.000894").procedure
    assert procedure
    store.publish(msgspec.structs.replace(procedure, overview="</script><script>alert(1)</script>"), "mai", "thử")
    store.close()
    text = await (await client.get("/thu-tuc/1.000894")).text()
    assert "<script>alert" not in text


async def test_an_unreviewed_page_states_nothing_and_is_not_for_search_engines(client: Client) -> None:
    text = await (await client.get("/thu-tuc/9.000001")).text()
    assert "chưa kiểm tra" in text and 'content="noindex"' in text and "Giấy tờ</h2>" not in text


async def test_the_list_is_searched_without_marks(client: Client) -> None:
    text = await (await client.get("/thu-tuc?q=giay+doc+than")).text()
    assert "/thu-tuc/1.004873" in text


async def test_the_list_has_the_fields(client: Client) -> None:
    text = await (await client.get("/thu-tuc")).text()
    assert "Hộ tịch (" in text and "thủ tục đã được kiểm tra" in text


async def test_sitemap_and_robots_name_only_reviewed_pages(client: Client) -> None:
    sitemap = await (await client.get("/sitemap.xml")).text()
    assert "/thu-tuc/1.001193<" in sitemap and "9.000001" not in sitemap
    assert "Disallow: /ho-so/" in await (await client.get("/robots.txt")).text()


async def test_a_page_leads_into_the_conversation(client: Client) -> None:
    text = await (await client.get("/?hoi=1.001193")).text()
    assert 'data-ask-code="1.001193"' in text


async def test_an_address_that_asks_too_much_is_told_to_wait(client: Client) -> None:
    for _ in range(public_api.ASKED):
        assert await client.app[PUBLIC_LIMIT].allows("127.0.0.1")
    assert (await answer(client, "/api/v1/release", 429))["error"]["code"] == "too_many"
