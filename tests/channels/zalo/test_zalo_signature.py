"""Webhook signatures: the vectors of research/zalo.md section 6, those that must be refused included."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.channels.zalo.signature import sign, verify

APP_ID = "360846524940900001"
SECRET = "oa-secret-key-for-tests"

V1 = (
    b'{"app_id":"360846524940900001","sender":{"id":"246845883529190001"},"user_id_by_app":"552177279717580001",'
    b'"recipient":{"id":"388613280878800001"},"event_name":"user_send_text","message":{"text":"hello",'
    b'"msg_id":"96d3cdf3af1504600001"},"timestamp":"1785672000000"}'
)
V2 = (
    '{"app_id":"360846524940900001","sender":{"id":"246845883529190001"},"user_id_by_app":"552177279717580001",'
    '"recipient":{"id":"388613280878800001"},"event_name":"user_send_text",'
    '"message":{"text":"Thủ tục đăng ký khai sinh cần giấy tờ gì?","msg_id":"96d3cdf3af1504600002"},'
    '"timestamp":"1785672001000"}'
).encode()
V3 = (
    b'{"oa_id":"388613280878800001","follower":{"id":"246845883529190001"},"user_id_by_app":"552177279717580001",'
    b'"event_name":"follow","source":"oa_profile","app_id":"360846524940900001","timestamp":"1785672002000"}'
)
V1_MAC = "cc033ed2189edd5d58be80c3479da0a9ede607d49a249ba46e91ee924f777f79"
V2_MAC = "106d9e4b7ad9fcf9c5aacfa4ff887803ca76f123ebe5e89999a1f4a84ffa94fb"
V3_MAC = "dd92be6fd291d1f6d0e23f6442a948550bc171fe5cbd944b1e807cb59a9dbcbe"
V4_MAC = "b42d494a1b9fcdf49b5c76128579c9c3ac409dba4d5bf627666f47c0ddb120b7"
T1, T2, T3 = "1785672000000", "1785672001000", "1785672002000"


def test_vectors_have_the_documented_length() -> None:
    assert (len(V1), len(V2), len(V3)) == (263, 313, 209)


@pytest.mark.parametrize(("body", "timestamp", "mac"), [(V1, T1, V1_MAC), (V2, T2, V2_MAC), (V3, T3, V3_MAC)])
def test_documented_vectors_are_accepted(body: bytes, timestamp: str, mac: str) -> None:
    assert verify(APP_ID, body, [timestamp], SECRET, f"mac={mac}") == timestamp


@pytest.mark.parametrize(
    "header", [V1_MAC, V1_MAC.upper(), f"mac ={V1_MAC}", f"MAC = {V1_MAC.upper()}", f" mac={V1_MAC} "]
)
def test_every_known_spelling_of_the_header_is_accepted(header: str) -> None:
    assert verify(APP_ID, V1, [T1], SECRET, header) == T1


def test_timestamp_of_the_header_counts_when_the_body_s_does_not_fit() -> None:
    assert verify(APP_ID, V1, [T1, "1785672000123"], SECRET, f"mac={V4_MAC}") == "1785672000123"


def test_timestamp_of_the_body_is_tried_first() -> None:
    assert verify(APP_ID, V1, [T1, "1785672000123"], SECRET, f"mac={V1_MAC}") == T1


def test_signature_with_another_timestamp_is_refused() -> None:
    assert verify(APP_ID, V1, [T1], SECRET, f"mac={V4_MAC}") is None


@pytest.mark.parametrize(
    ("body", "timestamp", "mac"),
    [
        pytest.param(V1, T1, "79022790e50a4fcf9f6ac8acd466a51ae5b0d7a0de62ff7eba6ad3913f2d0257", id="hmac of all"),
        pytest.param(V1, T1, "2ae6d5c1d7e5078e01f16d4c792afe63767cdd147f80861256586e57216dd1a5", id="hmac of body"),
        pytest.param(V1, T1, "4a2586a0cdb2d911296399c255caa7f2ba32290a22934483ef0044fab261edec", id="oa id first"),
        pytest.param(V1, T1, "75a5b3fc5db19621bdd3fed0164a564b4c767caaa1da03b334c85fdd094749e8", id="app secret"),
        pytest.param(
            V2, T2, "bd9bb3d2f39bd402646278d05a2bcddf60e86487f27be24843493cb6f4c4ed7c", id="body re-serialised"
        ),
        pytest.param(V2, T2, "82b0e333709fe21b7a901651d2582a3757aa65b3632a2f266a5a31bc295dc0a6", id="body in NFD"),
    ],
)
def test_what_a_wrong_implementation_computes_is_refused(body: bytes, timestamp: str, mac: str) -> None:
    assert verify(APP_ID, body, [timestamp], SECRET, f"mac={mac}") is None


@pytest.mark.parametrize(
    "header", ["", "mac=", "mac=00", f"sha256={V1_MAC}", f"{V1_MAC}0", "mac=" + "é" * 64, "mac=" + "٣" * 64]
)
def test_broken_headers_are_refused(header: str) -> None:
    assert verify(APP_ID, V1, [T1], SECRET, header) is None


def test_changed_body_is_refused() -> None:
    assert verify(APP_ID, V1.replace(b"hello", b"hallo"), [T1], SECRET, f"mac={V1_MAC}") is None


def test_unset_secret_fits_nothing() -> None:
    assert verify(APP_ID, V1, [T1], "", f"mac={sign(APP_ID, V1, T1, '')}") is None


def test_missing_timestamp_fits_nothing() -> None:
    assert verify(APP_ID, V1, [""], SECRET, f"mac={sign(APP_ID, V1, '', SECRET)}") is None


def test_escaped_body_follows_the_same_rule() -> None:
    escaped = json.dumps(json.loads(V2), separators=(",", ":")).encode()
    assert sign(APP_ID, escaped, T2, SECRET) == "25f6463d4bad72e8aa043e86859b3d2e3adcfbeaa8bca61a20e4273bb9a86246"


@given(st.binary(max_size=200), st.text(max_size=80), st.text(max_size=20))
def test_nothing_invented_is_accepted_or_crashes(body: bytes, header: str, timestamp: str) -> None:
    assert verify(APP_ID, body, [timestamp.encode("utf-8", "replace").decode()], SECRET, header) is None
