"""The OpenAPI document of ``/api/v1``, made from the very types that questions are read and answers are written with."""

from __future__ import annotations

from typing import Any

import msgspec

from bot.gateway import public_answers as answers
from procedures_kb.rules.fees import Quote

# path → summary, type of the query, type of the answer
OPERATIONS: dict[str, tuple[str, Any, Any]] = {
    "/api/v1/procedures": ("Tìm và liệt kê thủ tục", answers.ListQuestion, answers.ListAnswer),
    "/api/v1/procedures/{code}": ("Một thủ tục, theo ngày", answers.ProcedureQuestion, answers.ProcedureAnswer),
    "/api/v1/points": ("Điểm tiếp nhận, gần nhất trước", answers.PointsQuestion, answers.PointsAnswer),
    "/api/v1/fees/quote": ("Tính phí, lệ phí", answers.FeeQuestion, Quote),
    "/api/v1/deadline": ("Tính ngày trả kết quả", answers.DeadlineQuestion, answers.DeadlineAnswer),
    "/api/v1/release": ("Bản công bố đang dùng", None, answers.ReleaseAnswer),
}
_ANSWERS = [operation[2] for operation in OPERATIONS.values()]


def document(server: str) -> dict[str, Any]:
    """The whole document.

    Args:
        server: address of this installation without a trailing slash.
    """
    questions = [operation[1] for operation in OPERATIONS.values() if operation[1]]
    _, schemas = msgspec.json.schema_components(
        [*_ANSWERS, *questions, answers.FaultAnswer], ref_template="#/components/schemas/{name}"
    )
    paths: dict[str, Any] = {
        path: {"get": _operation(path, summary, query, answer, schemas)}
        for path, (summary, query, answer) in OPERATIONS.items()
    }
    paths["/api/v1/release/file"] = {"get": {
        "summary": "Tệp của bản công bố đang dùng (ETag)", "operationId": "release_file",
        "responses": {
            "200": {"description": "gzip", "content": {"application/gzip": {}}}, "304": {"description": "Không có gì mới"},
        },
    }}  # fmt: skip
    return {
        "openapi": "3.1.0",
        "info": {"title": "Một Cửa – dữ liệu thủ tục hành chính Hà Nội", "version": "1", "description":
                 "Chỉ đọc, không có dữ liệu cá nhân. Thông tin hướng dẫn, không thay văn bản pháp luật."},
        "servers": [{"url": server}], "paths": paths, "components": {"schemas": schemas},
    }  # fmt: skip


def _operation(path: str, summary: str, query: Any, answer: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = []
    if "{code}" in path:
        parameters.append({"name": "code", "in": "path", "required": True, "schema": {"type": "string"}})
    if query:
        described = schemas[query.__name__]
        required = described.get("required", [])
        parameters += [
            {"name": name, "in": "query", "required": name in required, "schema": schema}
            for name, schema in described["properties"].items()
        ]
    fault = {"application/json": {"schema": {"$ref": "#/components/schemas/FaultAnswer"}}}
    return {
        "summary": summary, "operationId": path.rsplit("/v1/")[-1].replace("/", "_").replace("{", "").replace("}", ""),
        "parameters": parameters,
        "responses": {
            "200": {"description": "OK", "content": {
                "application/json": {"schema": {"$ref": f"#/components/schemas/{answer.__name__}"}}}},
            "400": {"description": "Trường sai", "content": fault}, "404": {"description": "Không có", "content": fault},
        },
    }  # fmt: skip
