"""A picture of the card on our page: fields filled with their source, the picture gone, nothing overwritten unasked."""

from __future__ import annotations

import io
import logging

import pytest
from PIL import Image

from tests.submissions.prefill.conftest import CARD, picture
from tests.submissions.site import Site

FORM = "xac_nhan_tinh_trang_hon_nhan"


async def test_a_scan_fills_what_is_empty_and_says_where_it_came_from(running: Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", picture(CARD), person="applicant")
    assert "Em đã điền 3 mục (quét mã trên thẻ)" in visitor.text
    content = visitor.draft(draft).content
    assert content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mai" and content.values["giay_to_yeu_cau"] == "001195000123"
    assert set(content.sources.values()) == {"qr"} and not content.verified
    assert "Quét mã trên thẻ" in await visitor.get(f"/ho-so/{draft}")


async def test_for_oneself_the_person_named_on_the_paper_is_filled_too(running: Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await visitor.field(draft, "quan_he", "ban_than")
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", picture(CARD), person="applicant")
    values = visitor.draft(draft).content.values
    assert (values["ngay_sinh"], values["gioi_tinh"]) == ("1995-01-03", "nu")


async def test_the_old_address_becomes_todays_where_it_is_certain(running: Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", picture(CARD), person="applicant")
    assert visitor.draft(draft).content.values["noi_cu_tru_yeu_cau"] == "Số 7 phố Lò Đúc, phường Hai Bà Trưng, Hà Nội"
    assert "Địa chỉ trên thẻ theo đơn vị cũ, em đã đổi" in visitor.text


async def test_a_split_ward_is_asked_about_not_guessed(running: Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    split = CARD.replace("Đồng Nhân, Hai Bà Trưng", "Dịch Vọng, Cầu Giấy")
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", picture(split), person="applicant")
    assert visitor.draft(draft).content.values["noi_cu_tru_yeu_cau"] == "Số 7 phố Lò Đúc, Dịch Vọng, Cầu Giấy, Hà Nội"
    assert "phường Nghĩa Đô hay phường Cầu Giấy" in visitor.text
    assert "phường Nghĩa Đô hay phường Cầu Giấy" in await visitor.get(f"/ho-so/{draft}")


async def test_the_split_ward_is_chosen_by_one_press(running: Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    split = CARD.replace("Đồng Nhân, Hai Bà Trưng", "Dịch Vọng, Cầu Giấy")
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", picture(split), person="applicant")
    text = await visitor.get(f"/ho-so/{draft}")
    assert 'value="noi_cu_tru_yeu_cau:0">Phường Nghĩa Đô' in text and "Phường Cầu Giấy</button>" in text
    for nonsense in ("noi_cu_tru_yeu_cau:9", "noi_cu_tru_yeu_cau:x", "khong_co:0"):
        await visitor.post(f"/ho-so/{draft}", {"take": nonsense, "revision": ""})
        assert visitor.draft(draft).content.values["noi_cu_tru_yeu_cau"].endswith("Dịch Vọng, Cầu Giấy, Hà Nội")
    await visitor.post(f"/ho-so/{draft}", {"take": "noi_cu_tru_yeu_cau:1", "revision": ""})
    assert visitor.draft(draft).content.values["noi_cu_tru_yeu_cau"] == "Số 7 phố Lò Đúc, phường Cầu Giấy, Hà Nội"
    assert "đã được chia" not in visitor.text


async def test_what_was_typed_is_kept_until_the_person_decides(running: Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await visitor.field(draft, "nguoi_yeu_cau", "Nguyễn Thị Mây")
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", picture(CARD), person="applicant")
    assert visitor.draft(draft).content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mây"
    assert "Bên nào đúng ạ?" in visitor.text and "Nguyễn Thị Mai" in visitor.text
    await visitor.post(f"/ho-so/{draft}/dien-san/chon", {"act": "nhan"})
    assert visitor.draft(draft).content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mai"
    assert visitor.draft(draft).content.offer is None


async def test_keeping_what_stands_there_drops_the_offer(running: Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await visitor.field(draft, "nguoi_yeu_cau", "Nguyễn Thị Mây")
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", picture(CARD), person="applicant")
    await visitor.post(f"/ho-so/{draft}/dien-san/chon", {"act": "bo"})
    content = visitor.draft(draft).content
    assert content.values["nguoi_yeu_cau"] == "Nguyễn Thị Mây" and content.offer is None


async def test_each_side_of_a_marriage_has_its_own_card(running: Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start("ket_hon")
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", picture(CARD), person="wife")
    values = visitor.draft(draft).content.values
    assert values["ten_nu"] == "Nguyễn Thị Mai" and "ten_nam" not in values


def photo(code: bytes, turned: int) -> bytes:
    """The code as a phone takes it: small in a large grey picture, turned."""
    inner = Image.open(io.BytesIO(code)).convert("RGB")
    whole = Image.new("RGB", (2400, 1800), (180, 178, 170))
    whole.paste(inner, (900, 500))
    out = io.BytesIO()
    whole.rotate(turned, expand=True, fillcolor=(180, 178, 170)).save(out, "JPEG", quality=80)
    return out.getvalue()


@pytest.mark.parametrize("turned", [0, 12, 90, 180])
async def test_a_phones_picture_however_it_was_held(running: Site, turned: int) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", photo(picture(CARD), turned), person="applicant")
    assert visitor.draft(draft).content.values["giay_to_yeu_cau"] == "001195000123"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "chưa chọn ảnh"),
        (b"PK\x03\x04zip", "tệp nén"),
        (b"<svg onload=alert(1)>", "SVG"),
        (picture("https://example.com"), "không phải của thẻ căn cước"),
        (picture("x" * 1_500), "quá nhiều chữ"),
        (photo(picture("x"), 0)[:5_000], "bị hỏng"),
    ],
)
async def test_what_cannot_be_used_is_said_and_blocks_nothing(running: Site, data: bytes, says: str) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", data, person="applicant")
    assert visitor.status == 200 and says in visitor.text
    state = await visitor.field(draft, "nguoi_yeu_cau", "Nguyễn Thị Mai")
    assert state["error"] is None


async def test_forty_megabytes_are_refused_politely(running: Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", b"\xff\xd8\xff" + b"\0" * 40 * 1024 * 1024, person="applicant")
    assert visitor.status == 200 and "em nhận tối đa 20 MB" in visitor.text


async def test_without_the_pages_token_no_picture_is_read(running: Site) -> None:
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    response = await visitor.client.post(f"/ho-so/{draft}/dien-san/anh", data={"picture": picture(CARD)})
    assert response.status == 403 and not visitor.draft(draft).content.values


async def test_somebody_elses_draft_takes_no_card(running: Site) -> None:
    draft = await running.visitor().start(FORM)
    stranger = running.visitor()
    await stranger.upload(f"/ho-so/{draft}/dien-san/anh", picture(CARD), person="applicant")
    assert stranger.status == 404 and not stranger.draft(draft).content.values


async def test_nothing_of_the_card_is_written_or_logged(running: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    visitor = running.visitor()
    draft = await visitor.start(FORM)
    code = picture(CARD)
    await visitor.upload(f"/ho-so/{draft}/dien-san/anh", code, person="applicant")
    var = running.drafts.connection.execute("PRAGMA database_list").fetchone()[2]
    folder = var.rsplit("/", 1)[0]
    from pathlib import Path

    for file in Path(folder).rglob("*"):
        if file.is_file() and file.name != "kb.sqlite":
            data = file.read_bytes()
            assert code[50:150] not in data and b"001195000123" not in data and "Lò Đúc".encode() not in data, file
    assert "001195000123" not in caplog.text and "Nguyễn Thị Mai" not in caplog.text
