"""Every part of a form described once, as :mod:`bot.staff.fields` does for procedures: pages, boxes and differences are
made from these. What is not editable here is changed in the text of the whole form."""

from __future__ import annotations

from bot.staff.form_words import NEEDS, TYPES
from bot.staff.sections import FieldSpec, Kind, Section
from procedures_kb.form_types import NUMBERS

WHEN = {"past": "Ngày đã qua hoặc hôm nay", "any": "Ngày nào cũng được", "future": "Ngày sắp tới"}
_PROCEDURES = FieldSpec(name="procedures", label="Chỉ cho thủ tục", kind="lines", editable=False)


def _shown(
    name: str, label: str, kind: Kind = "line", types: tuple[str, ...] = (), usual: bool | None = None
) -> FieldSpec:  # fmt: skip
    return FieldSpec(name=name, label=label, kind=kind, editable=False, types=types, usual=usual)


HEAD = Section(
    slug="dau", attribute="", title="Tên, mẫu số và hiệu lực", noun="phần đầu", editable=True, grows=False,
    fields=[
        FieldSpec(name="title", label="Tên tờ khai", kind="line", required=True, help="In ở đầu giấy và trên trang."),
        FieldSpec(name="official.id", label="Mẫu số", kind="line", required=True, help="Như văn bản ghi, ví dụ: CT01."),
        FieldSpec(
            name="official.effective_from", label="Mẫu có hiệu lực từ ngày", kind="date", required=True,
            help="Trước ngày này trợ lý không dùng mẫu.",
        ),
        FieldSpec(
            name="official.effective_to", label="Mẫu hết hiệu lực sau ngày", kind="date",
            help="Để trống nếu chưa có. Qua ngày này trợ lý không nhận điền mẫu này nữa.",
        ),
        FieldSpec(name="number", label="Ban hành theo", kind="line", required=True, help="In ở chân giấy."),
        FieldSpec(
            name="addressed_to", label="Kính gửi", kind="line", required=True,
            help="{…} là câu trả lời của một mục, ví dụ: Ủy ban nhân dân {noi_nop}.",
        ),
        FieldSpec(name="closing", label="Lời cam đoan", kind="text", help="In trước chữ ký."),
    ],
)  # fmt: skip
EDITIONS = Section(
    slug="thu-tuc", attribute="editions", title="Thủ tục dùng tờ khai này", noun="thủ tục", key="procedure",
    title_field="procedure",
    fields=[
        _shown("procedure", "Thủ tục"), _shown("form", "Mã mẫu trong hồ sơ thủ tục"), _shown("title", "Tên riêng"),
        _shown("preset", "Suy ra từ thủ tục, không hỏi", "pairs"), _shown("composed", "Nội dung soạn riêng", "pairs"),
    ],
)  # fmt: skip
GROUPS = Section(
    slug="nhom", attribute="groups", title="Nhóm", noun="nhóm", key="title", title_field="title", editable=True,
    grows=False,
    fields=[
        FieldSpec(name="title", label="Tên nhóm", kind="line", required=True),
        FieldSpec(name="note", label="Lời dặn đầu nhóm", kind="text"),
        _shown("show_if", "Chỉ hỏi khi", "condition"), _shown("repeat.item", "Mỗi dòng là"),
        _shown("repeat.min", "Ít nhất", "number"), _shown("repeat.max", "Nhiều nhất", "number"),
        _shown("repeat.first", "Câu hỏi trước dòng đầu"), _shown("repeat.more", "Câu hỏi sau mỗi dòng"),
        _shown("beside", "In thành cột bên cạnh nhóm trước", "flag"), _PROCEDURES,
    ],
)  # fmt: skip
_MORE = "Chi tiết (thường để nguyên)"
FIELDS = Section(
    slug="muc", attribute="fields", title="Mục", noun="mục", key="id", title_field="label", editable=True,
    fields=[
        FieldSpec(name="label", label="Tên mục", kind="line", required=True, help="In trên trang và trên giấy."),
        FieldSpec(
            name="question", label="Câu trợ lý hỏi", kind="line", required=True,
            help="Câu hỏi khi trò chuyện, ví dụ: Bé sinh ngày nào ạ?",
        ),
        FieldSpec(name="type", label="Người dân ghi gì", kind="choice", required=True, options=TYPES),
        FieldSpec(
            name="options", label="Các lựa chọn", kind="options",
            help="Chỉ cho mục “Chọn một” và “Chọn một hoặc nhiều”. Xóa trắng một ô là bỏ lựa chọn đó; ô trống ở cuối để thêm.",
        ),
        FieldSpec(name="help", label="Lời giải thích", kind="text", help="Hiện dưới tên mục, lời thường, ngắn."),
        FieldSpec(name="example", label="Ví dụ", kind="line", help="Chỉ ghi phần ví dụ, người không có thật."),
        FieldSpec(name="required", label="Bắt buộc điền", kind="flag", usual=True),
        FieldSpec(
            name="aliases", label="Người dân hay gọi là", kind="lines", group=_MORE,
            help="Mỗi dòng một cách gọi, để trợ lý hiểu khi người dân xin sửa.",
        ),
        FieldSpec(name="when", label="Ngày nào thì nhận", kind="choice", options=WHEN, required=True, group=_MORE, types=("date",), usual="past",
                  help="Chỉ cho mục ngày."),
        FieldSpec(name="min", label="Số nhỏ nhất", kind="money", group=_MORE, types=NUMBERS, help="Chỉ cho mục số."),
        FieldSpec(name="max", label="Số lớn nhất", kind="money", group=_MORE, types=NUMBERS, help="Chỉ cho mục số."),
        FieldSpec(name="longest", label="Dài nhất (ký tự)", kind="money", group=_MORE),
        FieldSpec(name="printed", label="In trên giấy", kind="flag", group=_MORE, usual=True),
        FieldSpec(name="in_words", label="In cả bằng chữ (ngày, số tiền)", kind="flag", group=_MORE, types=("date", "amount")),
        _shown("show_if", "Chỉ hỏi khi", "condition"), _shown("composed", "Em soạn sẵn"),
        _shown("copy_from", "Không hỏi thì in lại mục", "field"), _shown("prefill", "Điền sẵn từ", "person"),
        _shown("pattern_says", "Sai dạng thì nói"), _shown("pattern", "Dạng đúng"),
        _shown("names_ward", "Là tên xã, phường", "flag", ("text",)), _shown("units_of_today", "Đề nghị tên xã, phường mới", "flag", ("address", "text"), True),
    ],
)  # fmt: skip
RULES = Section(
    slug="quy-tac", attribute="rules", title="Quy tắc kiểm tra", noun="quy tắc", title_field="message", editable=True,
    fields=[
        _shown("", "Kiểm tra", "rule"),
        FieldSpec(
            name="message", label="Câu nói với người dân", kind="text", help="Chỉ kiểm tra số định danh mới có câu sẵn khi để trống."
        ),
        FieldSpec(name="law", label="Căn cứ", kind="line", help="Ví dụ: Luật Hôn nhân và gia đình 2014, Điều 8."),
        FieldSpec(
            name="blocks", label="Chặn: sai thì chưa tạo được tờ khai", kind="flag", help="Không chọn là chỉ nhắc."
        ),
    ],
)  # fmt: skip
OTHERS = [
    Section(
        slug="nguoi", attribute="persons", title="Người trong tờ khai", noun="người", key="role", title_field="label",
        fields=[_shown("same_as", "Cũng là", "person"), _shown("when", "Khi", "condition")],
    ),
    Section(
        slug="truong-hop", attribute="cases", title="Trường hợp suy ra từ câu trả lời", noun="trường hợp",
        title_field="case", fields=[_shown("when", "Khi", "condition"), _PROCEDURES],
    ),
    Section(
        slug="giay-to", attribute="papers", title="Giấy tờ theo câu trả lời", noun="giấy tờ", title_field="component",
        fields=[
            _shown("needed_if", "Chỉ cần khi", "condition"), _shown("ready", "Nằm sẵn trong tờ khai", "flag"),
            _shown("note", "Lời dặn"), _PROCEDURES,
        ],
    ),
    Section(
        slug="giay-them", attribute="added_papers", title="Giấy tờ thêm ngoài hồ sơ thủ tục", noun="giấy tờ", key="id",
        title_field="name",
        fields=[
            _shown("when", "Khi", "condition"), _shown("law", "Căn cứ"), _shown("note", "Lời dặn"), _PROCEDURES,
        ],
    ),
    Section(
        slug="lam-thay", attribute="acting", title="Ai làm thay thì cần gì", noun="quy định",
        fields=[
            _shown("when", "Khi", "condition"), FieldSpec(name="needs", label="Cần", kind="choice", options=NEEDS, editable=False),
            _shown("law", "Căn cứ"), _shown("sure", "Đã chắc chắn", "flag", usual=True), _shown("note", "Lời dặn"), _PROCEDURES,
        ],
    ),
    Section(
        slug="ky", attribute="signers", title="Người ký", noun="người ký", title_field="title",
        fields=[_shown("field", "Tên lấy từ mục", "field"), _shown("show_if", "Chỉ khi", "condition"), _PROCEDURES],
    ),
]  # fmt: skip
FORM_SECTIONS = [HEAD, EDITIONS, GROUPS, FIELDS, RULES, *OTHERS]
EDITED = {section.slug: section for section in FORM_SECTIONS if section.editable}
