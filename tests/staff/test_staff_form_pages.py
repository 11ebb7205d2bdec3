"""The console's pages of forms: reading, changing in boxes and as text, trying out, publishing; over real sockets."""

from __future__ import annotations

import html

import msgspec
import pytest

from bot.staff.desk import Desk, forms_desk
from bot.staff.users import Users
from procedures_kb.form_types import Field, FormDefinition
from procedures_kb.store import Store
from tests.staff.console import Browser, OpenBrowser, changed

HOME = "/staff/to-khai/ket_hon"
FIELD = f"{HOME}/sua/muc/lan_nu"
CHOICE = f"{HOME}/sua/muc/truoc_nu"


@pytest.fixture
def desk(users: Users, knowledge: Store) -> Desk[FormDefinition]:
    return forms_desk(users, knowledge)


def field(desk: Desk[FormDefinition], name: str) -> Field:
    return next(one for one in desk.open("ket_hon").record.fields if one.id == name)


def ids(desk: Desk[FormDefinition], group: int) -> list[str]:
    return [one.id for one in desk.open("ket_hon").record.groups[group].fields]


async def typed(browser: Browser, change: tuple[str, str], code: str = "ket_hon") -> str:
    """Open the form as text, replace something, send it."""
    address = f"/staff/to-khai/{code}/van-ban"
    await browser.get(address)
    fields = dict(browser.form(address))
    assert change[0] in fields["body"]
    return await browser.post(address, list((fields | {"body": fields["body"].replace(*change, 1)}).items()))


# Reading


async def test_the_list_shows_state_official_id_dates_and_procedures(open_browser: OpenBrowser) -> None:
    text = await (await open_browser("viewer")).get("/staff/to-khai?q=cu+tru")
    assert "Tờ khai thay đổi thông tin cư trú" in text and "Tờ khai đăng ký kết hôn" not in text
    assert all(said in text for said in ("Đang dùng", "CT01", "01/07/2025", "1.004222"))


async def test_a_form_is_found_by_its_procedure(open_browser: OpenBrowser) -> None:
    text = await (await open_browser("viewer")).get("/staff/to-khai?q=tach+ho")
    assert "Tờ khai thay đổi thông tin cư trú" in text and "1 tờ khai khớp" in text


async def test_a_form_is_shown_with_conditions_and_rules_in_words(open_browser: OpenBrowser) -> None:
    text = html.unescape(await (await open_browser("viewer")).get("/staff/to-khai/dc02"))
    assert "“Lý do cấp lại” là “Mất thẻ”" in text
    assert "Người sinh ngày ở “Ngày sinh người đại diện” phải từ đủ 18 tuổi, tính đến hôm nay" in text


async def test_history_and_difference_to_the_version_before(open_browser: OpenBrowser, knowledge: Store) -> None:
    form = knowledge.get("ket_hon").form
    assert form
    knowledge.publish(msgspec.structs.replace(form, title="Tờ khai mới"), "approver", "Đổi tên theo thông tư")
    browser = await open_browser("viewer")
    assert "Đổi tên theo thông tư" in await browser.get(HOME)
    newest = knowledge.history("ket_hon")[0]["id"]
    text = await browser.get(f"{HOME}/ban/{newest}/khac")
    assert "Tên tờ khai" in text and "<ins>Tờ khai mới</ins>" in text


@pytest.mark.parametrize("address", ["/staff/to-khai/khong_co", f"{HOME}/ban/999999", f"{HOME}/sua/muc/khong_co",
                                     f"{HOME}/sua/quy-tac/99", f"{HOME}/sua/nguoi/0", "/staff/to-khai/moi?tu=x",
                                     f"{HOME}/xem-thu?thu-tuc=1.999999"])  # fmt: skip
async def test_what_is_not_there_is_said(open_browser: OpenBrowser, address: str) -> None:
    browser = await open_browser("editor")
    await browser.get(address)
    assert browser.status == 404


@pytest.mark.parametrize("address", [f"{HOME}/sua", FIELD, f"{HOME}/van-ban", f"{HOME}/xem-thu", f"{HOME}/xem-thu.pdf",
                                     f"{HOME}/cong-bo", "/staff/to-khai/moi?tu=ket_hon"])  # fmt: skip
async def test_a_viewer_does_not_edit(open_browser: OpenBrowser, address: str) -> None:
    browser = await open_browser("viewer")
    await browser.get(address)
    assert browser.status == 403


# Boxes


async def test_a_changed_help_stands_in_the_working_copy_only(
    open_browser: OpenBrowser, desk: Desk[FormDefinition], knowledge: Store
) -> None:
    await (await open_browser("editor")).edit(FIELD, {"help": "Tính cả lần này."})
    published = knowledge.get("ket_hon").form
    assert field(desk, "lan_nu").help == "Tính cả lần này."
    assert published and next(f for f in published.fields if f.id == "lan_nu").help == ""


async def test_what_has_no_box_is_kept(open_browser: OpenBrowser, desk: Desk[FormDefinition]) -> None:
    before = field(desk, "noi_cu_tru_nu")
    await (await open_browser("editor")).edit(f"{HOME}/sua/muc/noi_cu_tru_nu", {"help": "Mới."})
    assert field(desk, "noi_cu_tru_nu") == msgspec.structs.replace(before, help="Mới.")


async def test_an_option_is_renamed_removed_and_added(open_browser: OpenBrowser, desk: Desk[FormDefinition]) -> None:
    browser = await open_browser("editor")
    await browser.get(CHOICE)
    others = [(name, value) for name, value in browser.form(CHOICE) if name != "options"]
    labels = ["Chưa từng kết hôn", "Đã ly hôn", "Chồng đã mất", "Khác", "", ""]
    await browser.post(CHOICE, [*others, *(("options", label) for label in labels)])
    options = {option.value: option.label for option in field(desk, "truoc_nu").options}
    assert options == {
        "khong": "Chưa từng kết hôn", "ly_hon": "Đã ly hôn", "mat": "Chồng đã mất", "khac": "Khác"
    }  # fmt: skip


async def test_a_field_is_added_at_the_end_of_its_group(open_browser: OpenBrowser, desk: Desk[FormDefinition]) -> None:
    new = {"label": "Số khách", "question": "Bao nhiêu khách ạ?", "type": "count"}
    await (await open_browser("editor")).edit(f"{HOME}/sua/muc/moi-3", new)
    added = field(desk, "so_khach")
    assert ids(desk, 3)[-1] == "so_khach" and (added.type, added.required, added.printed) == ("count", True, True)


async def test_a_field_is_taken_out(open_browser: OpenBrowser, desk: Desk[FormDefinition]) -> None:
    browser = await open_browser("editor")
    await browser.get(f"{HOME}/sua/muc/ngay_hen")
    await browser.post(f"{HOME}/sua/muc/ngay_hen/bo", browser.form(f"{HOME}/sua/muc/ngay_hen/bo"))
    assert "ngay_hen" not in ids(desk, 3)


async def test_a_field_goes_one_place_up(open_browser: OpenBrowser, desk: Desk[FormDefinition]) -> None:
    before = ids(desk, 3)
    browser = await open_browser("editor")
    await browser.get(f"{HOME}/sua")
    await browser.post(f"{HOME}/sua/muc/{before[1]}/len", browser.form(f"{HOME}/sua/muc/{before[1]}/len"))
    assert ids(desk, 3) == [before[1], before[0], *before[2:]]


async def test_dates_and_number_of_the_official_form(open_browser: OpenBrowser, desk: Desk[FormDefinition]) -> None:
    browser = await open_browser("editor")
    await browser.edit(f"{HOME}/sua/dau/0", {"official.id": "KH-01", "official.effective_to": "31/12/2027"})
    official = desk.open("ket_hon").record.official
    assert (official.id, str(official.effective_to)) == ("KH-01", "2027-12-31")


async def test_sentence_and_law_of_a_rule(open_browser: OpenBrowser, desk: Desk[FormDefinition]) -> None:
    await (await open_browser("editor")).edit(f"{HOME}/sua/quy-tac/0", {"message": "Câu mới", "law": "Điều 8"})
    rule = desk.open("ket_hon").record.rules[0]
    assert (rule.message, rule.law) == ("Câu mới", "Điều 8")


async def test_only_the_check_of_an_id_number_has_a_sentence_of_its_own(
    open_browser: OpenBrowser, desk: Desk[FormDefinition]
) -> None:
    browser = await open_browser("editor")
    text = await browser.edit(f"{HOME}/sua/quy-tac/0", {"message": ""})
    assert browser.status == 422 and 'id="f-message-error"' in text
    await browser.edit(f"{HOME}/sua/quy-tac/4", {"law": "Luật Căn cước 2023"})
    assert desk.open("ket_hon").record.rules[4].law == "Luật Căn cước 2023"


async def test_every_fault_stands_beside_its_box(open_browser: OpenBrowser, desk: Desk[FormDefinition]) -> None:
    text = await (await open_browser("editor")).edit(
        FIELD, {"label": "", "type": "choice", "max": "mười", "longest": "99.999"}
    )
    assert [f'id="f-{name}-error"' in text for name in ("label", "max")] == [True] * 2
    text = await (await open_browser("editor")).edit(FIELD, {"type": "choice", "max": ""})
    assert 'id="f-options-error"' in text and "thì phải có các lựa chọn" in text
    text = await (await open_browser("editor")).edit(FIELD, {"longest": "99.999"})
    assert 'id="f-longest-error"' in text and desk.copy("ket_hon") is None


async def test_a_date_out_of_order_stands_beside_its_box(open_browser: OpenBrowser) -> None:
    text = await (await open_browser("editor")).edit(f"{HOME}/sua/dau/0", {"official.effective_to": "01/01/2020"})
    assert 'id="f-official-effective_to-error"' in text


async def test_two_officers_at_one_field_the_second_is_told(open_browser: OpenBrowser) -> None:
    first, second = await open_browser("editor"), await open_browser("approver")
    await second.get(FIELD)
    late = changed(second.form(FIELD), {"help": "Của người sau"})
    await first.edit(FIELD, {"help": "Của người trước"})
    text = await second.post(FIELD, late)
    assert second.status == 409 and "Của người trước" in text and "Của người sau" in text


async def test_without_the_form_s_token_nothing_changes(open_browser: OpenBrowser, desk: Desk[FormDefinition]) -> None:
    browser = await open_browser("editor")
    await browser.get(FIELD)
    await browser.post(FIELD, changed(browser.form(FIELD), {"csrf": "x", "help": "Mới"}))
    assert browser.status == 403 and desk.copy("ket_hon") is None


# Text


async def test_a_condition_is_changed_as_text(open_browser: OpenBrowser, desk: Desk[FormDefinition]) -> None:
    await typed(
        await open_browser("editor"), ("id: ngay_hen\n", "id: ngay_hen\n        show_if: {filled: dien_thoai}\n")
    )
    condition = field(desk, "ngay_hen").show_if
    assert condition and condition.filled == "dien_thoai"


async def test_all_faults_of_a_text_name_line_place_and_what_was_expected(
    open_browser: OpenBrowser, desk: Desk[FormDefinition]
) -> None:
    browser = await open_browser("editor")
    text = html.unescape(await typed(browser, ("type: text", "type: chu\n        lable: x")))
    assert browser.status == 422 and desk.copy("ket_hon") is None
    assert "groups[0].fields[0].type" in text and "“chu” không có trong các giá trị cho phép." in text
    assert "“lable” không ghi được ở đây" in text and "type: chu" in text


async def test_the_id_of_a_form_stays(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    text = await typed(browser, ("id: ket_hon", "id: ket_hon_2"))
    assert browser.status == 422 and "phải giữ là “ket_hon”" in text


async def test_a_copy_becomes_a_form_of_its_own(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("approver")
    await browser.get("/staff/to-khai/moi?tu=mau_18")
    body = html.unescape(dict(browser.form("/staff/to-khai/moi"))["body"])
    # The old official edition ends, the copy is the one that follows it.
    until = {"official.effective_to": "31/12/2026"}
    fields = dict(browser.form("/staff/to-khai/moi")) | {"body": body.replace("2025-07-01", "2027-01-01")}
    await browser.post("/staff/to-khai/moi", list(fields.items()))
    assert "Tờ khai mới" in browser.text and "đã dùng tờ khai “mau_18” trong cùng thời gian" in browser.text
    await browser.edit("/staff/to-khai/mau_18/sua/dau/0", until)
    await browser.publish("/staff/to-khai/mau_18", "Mẫu cũ hết hiệu lực")
    await browser.publish("/staff/to-khai/mau_18_moi", "Mẫu mới từ 2027")
    assert browser.status == 200 and knowledge.get("mau_18_moi").form


async def test_a_copy_cannot_take_an_id_there_is(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    await browser.get("/staff/to-khai/moi?tu=mau_18")
    fields = dict(browser.form("/staff/to-khai/moi"))
    await browser.post(
        "/staff/to-khai/moi", list((fields | {"body": fields["body"].replace("id: mau_18_moi", "id: ct01")}).items())
    )
    assert browser.status == 422 and "Đã có tờ khai mã “ct01”" in browser.text


# Trying out


async def test_the_preview_follows_the_answers_and_keeps_nothing(
    open_browser: OpenBrowser, desk: Desk[FormDefinition]
) -> None:
    browser = await open_browser("editor")
    address = f"{HOME}/xem-thu"
    await browser.get(address)
    fields = {
        "csrf": browser.hidden("csrf", f"{address}?thu-tuc=1.000894"),
        "ho_hang": "co",
        "ngay_sinh_nu": "32/1/2000",
    }
    text = html.unescape(await browser.post(f"{address}?thu-tuc=1.000894", list(fields.items())))
    assert "Người có họ trong phạm vi ba đời không được kết hôn" in text and "32/1/2000" in text
    assert "32/1/2000" not in await browser.get(address) and desk.copy("ket_hon") is None


async def test_the_preview_shows_the_working_copy_in_each_of_its_procedures(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    await browser.edit("/staff/to-khai/ct01/sua/muc/tu_ngay", {"help": "Lời vừa sửa."})
    await browser.get("/staff/to-khai/ct01/xem-thu?thu-tuc=1.004194")
    assert "Lời vừa sửa." in browser.text


async def test_rows_of_the_preview(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    address = "/staff/to-khai/ho_kinh_doanh/xem-thu?thu-tuc=1.001612"
    await browser.get(address)
    token = ("csrf", browser.hidden("csrf", address))
    text = await browser.post(address, [token, ("nganh-1-nganh_ten", "Bán phở"), ("add_row", "nganh")])
    assert 'value="Bán phở"' in text and 'name="nganh-2-nganh_ten"' in text


async def test_the_empty_paper(open_browser: OpenBrowser) -> None:
    browser = await open_browser("editor")
    response = await browser.client.get(f"{HOME}/xem-thu.pdf")
    assert response.content_type == "application/pdf" and (await response.read()).startswith(b"%PDF")


# Publishing


async def test_an_editor_changes_and_an_approver_publishes(open_browser: OpenBrowser, knowledge: Store) -> None:
    await (await open_browser("editor")).edit(FIELD, {"help": "Tính cả lần này."})
    text = await (await open_browser("approver")).publish(HOME, "Làm rõ cách ghi")
    entry = knowledge.get("ket_hon")
    assert "Đã công bố" in text and entry.release == 2
    assert entry.form and next(f for f in entry.form.fields if f.id == "lan_nu").help == "Tính cả lần này."


async def test_an_editor_cannot_publish(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("editor")
    await browser.edit(FIELD, {"help": "Tính cả lần này."})
    await browser.get(f"{HOME}/cong-bo")
    token, mark = browser.hidden("token"), desk_mark(browser)
    await browser.post(
        f"{HOME}/cong-bo", [("csrf", browser.hidden("csrf")), ("token", token), ("mark", mark), ("note", "Lý do dài")]
    )
    assert browser.status == 403 and knowledge.release() == 1


def desk_mark(browser: Browser) -> str:
    return browser.hidden("mark")


async def test_a_copy_with_a_fault_is_not_published(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("approver")
    await typed(browser, ("form: to_khai_ket_hon", "form: to_khai_khac"))
    assert "không có mẫu “to_khai_khac”" in browser.text
    await browser.get(f"{HOME}/cong-bo")
    assert "chưa công bố được" in browser.text and 'name="note"' not in browser.text and knowledge.release() == 1


async def test_going_back_one_release_restores_the_form(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("approver")
    await browser.edit(FIELD, {"help": "Nhầm."})
    await browser.publish(HOME, "Công bố nhầm")
    await browser.get("/staff/cong-bo")
    await browser.post("/staff/cong-bo/lui", browser.form("/staff/cong-bo/lui"))
    form = knowledge.get("ket_hon").form
    assert form and next(f for f in form.fields if f.id == "lan_nu").help == ""


async def test_the_trail_says_who_edited_and_published(open_browser: OpenBrowser, users: Users) -> None:
    browser = await open_browser("approver")
    await browser.edit(FIELD, {"help": "Tính cả lần này."})
    await browser.publish(HOME, "Làm rõ cách ghi")
    acts = users.database.execute("SELECT who, act FROM trail WHERE subject = 'ket_hon' ORDER BY id").fetchall()
    assert [tuple(row) for row in acts] == [("approver", "edited"), ("approver", "published")]


async def test_changes_of_two_officers_are_joined(open_browser: OpenBrowser, knowledge: Store) -> None:
    browser = await open_browser("approver")
    await browser.edit(f"{HOME}/sua/quy-tac/0", {"law": "Điều 8 mới"})
    form = knowledge.get("ket_hon").form
    assert form
    knowledge.publish(msgspec.structs.replace(form, closing="Lời mới."), "admin", "đổi lời cam đoan")
    await browser.get(f"{HOME}/cong-bo")
    await browser.post(f"{HOME}/theo-ban-moi", browser.form(f"{HOME}/theo-ban-moi"))
    await browser.publish(HOME, "Đưa sang bản mới")
    after = knowledge.get("ket_hon").form
    assert after and (after.closing, after.rules[0].law) == ("Lời mới.", "Điều 8 mới")
