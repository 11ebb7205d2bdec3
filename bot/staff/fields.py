"""Every part of a procedure's record described once: Vietnamese label, help and kind of value.

Reading pages, edit forms and the readable difference are all made from these descriptions.
"""

from __future__ import annotations

from bot.staff.sections import FieldSpec, Section
from procedures_kb.model import (
    Channel,
    CompetentBy,
    Component,
    ComponentKind,
    Confidence,
    Duration,
    Exemption,
    Fee,
    FeePer,
    FeeRule,
    LegalText,
    Online,
    Place,
    PlaceKind,
    Source,
    Statement,
    TimeUnit,
)
from procedures_kb.rules.fees import groups

CHANNELS = {
    Channel.in_person.value: "Trực tiếp",
    Channel.online.value: "Trực tuyến",
    Channel.post.value: "Qua bưu điện",
}
CONFIDENCE = {
    Confidence.checked.value: "Đã kiểm tra",
    Confidence.older_source.value: "Nguồn cũ (trước 01/07/2025)",
    Confidence.unsure.value: "Chưa chắc chắn",
}
KINDS = {
    ComponentKind.form.value: "Mẫu phải điền",
    ComponentKind.submit.value: "Nộp",
    ComponentKind.present.value: "Chỉ xuất trình",
}
RULES = {
    FeeRule.fixed.value: "Mức cố định theo văn bản",
    FeeRule.free.value: "Không thu, theo luật",
    FeeRule.city_council.value: "HĐND thành phố quy định",
    FeeRule.included.value: "Nằm trong khoản thu khác",
}
UNITS = {TimeUnit.hour.value: "giờ", TimeUnit.day.value: "ngày", TimeUnit.working_day.value: "ngày làm việc"}
PLACES = {
    PlaceKind.city_point.value: "Điểm của Trung tâm Phục vụ hành chính công",
    PlaceKind.police_point.value: "Công an xã, phường",
    PlaceKind.police_office.value: "Phòng của Công an thành phố, hoặc chỉ một số điểm",
    PlaceKind.other.value: "Nơi khác",
}
PER = {
    FeePer.dossier.value: "Mỗi hồ sơ một lần",
    FeePer.copy.value: "Số bản",
    FeePer.page.value: "Số trang",
    FeePer.person.value: "Số người",
}
COMPETENT_BY = {
    CompetentBy.residence.value: "Nơi cư trú",
    CompetentBy.property.value: "Nơi có nhà, đất, công trình",
    CompetentBy.business.value: "Nơi kinh doanh",
    CompetentBy.last_residence.value: "Nơi cư trú cuối cùng của người mất",
    CompetentBy.event.value: "Nơi xảy ra sự việc hoặc nơi đã làm trước đây",
    CompetentBy.any.value: "Nơi nào cũng được",
    CompetentBy.city.value: "Một cơ quan cho cả thành phố",
}
ONLINE = {"full": "Toàn trình", "partial": "Một phần", "none": "Không làm trực tuyến được"}
LEVELS = {"commune": "xã, phường", "province": "thành phố", "ministry": "bộ"}

_WAIVER = "Không phải nộp vì nhà nước đã có dữ liệu (để trống cả ba ô nếu giấy này vẫn phải nộp)"
_FACT = [
    FieldSpec(
        name="effective_from", label="Có hiệu lực từ ngày", kind="date", group="Hiệu lực",
        help="Để trống nếu đã có hiệu lực từ lâu.",
    ),
    FieldSpec(
        name="effective_to", label="Đến hết ngày", kind="date", group="Hiệu lực",
        help="Để trống nếu chưa có ngày hết hiệu lực.",
    ),
    FieldSpec(
        name="confidence", label="Mức tin cậy", kind="choice", required=True, options=CONFIDENCE, group="Hiệu lực",
        help="Chỉ chọn “Đã kiểm tra” khi đã so với văn bản đang có hiệu lực; mức khác thì trợ lý nói là chưa chắc.",
    ),
]  # fmt: skip
_CASES = FieldSpec(
    name="cases", label="Chỉ cho trường hợp", kind="many", options_of="cases", help="Không chọn gì là mọi trường hợp."
)
_CHANNELS = FieldSpec(
    name="channels", label="Chỉ cho cách nộp", kind="many", options=CHANNELS, help="Không chọn gì là mọi cách nộp."
)
_BASIS = FieldSpec(
    name="legal_basis", label="Căn cứ pháp lý", kind="line", help="Ví dụ: Khoản 1 Điều 34 Luật Hộ tịch số 60/2014/QH13."
)

COMPONENTS = Section(
    slug="giay-to", attribute="components", title="Thành phần hồ sơ", noun="giấy tờ", struct=Component, key="id",
    title_field="name", editable=True,
    fields=[
        FieldSpec(name="name", label="Tên giấy tờ", kind="line", required=True),
        FieldSpec(name="kind", label="Nộp hay xuất trình", kind="choice", required=True, options=KINDS),
        FieldSpec(name="originals", label="Số bản chính", kind="number", help="Số bản, từ 0 đến 20."),
        FieldSpec(name="copies", label="Số bản sao", kind="number", help="Số bản, từ 0 đến 20."),
        FieldSpec(
            name="condition", label="Khi nào cần", kind="text", help="Lời thường, ví dụ: nếu nhờ người khác nộp thay."
        ),
        _CASES, _CHANNELS,
        FieldSpec(name="form", label="Mẫu đi kèm", kind="choice", options_of="forms"),
        FieldSpec(
            name="waiver.database", label="Cơ sở dữ liệu đã có", kind="line", group=_WAIVER,
            help="Ví dụ: Cơ sở dữ liệu quốc gia về dân cư.",
        ),
        FieldSpec(name="waiver.legal_basis", label="Căn cứ để không phải nộp", kind="line", group=_WAIVER),
        FieldSpec(
            name="waiver.fallback", label="Nếu tra không ra thì sao", kind="text", group=_WAIVER,
            help="Câu nói với người dân.",
        ),
        _BASIS, *_FACT,
    ],
)  # fmt: skip
FEES = Section(
    slug="le-phi", attribute="fees", title="Phí, lệ phí", noun="khoản phí", struct=Fee, key="id", title_field="label",
    editable=True, successor=True,
    fields=[
        FieldSpec(name="label", label="Tên khoản phí", kind="line", required=True),
        FieldSpec(name="rule", label="Cách xác định", kind="choice", required=True, options=RULES),
        FieldSpec(
            name="amount", label="Số tiền (đồng)", kind="money",
            help="Ví dụ: 8.000. Để trống nếu chưa biết mức thu; đừng ghi 0 khi cổng chỉ in số 0 cho có.",
        ),
        FieldSpec(name="unit", label="Đơn vị ghi sau số tiền", kind="line", required=True, help="Ví dụ: hồ sơ, bản, trang."),
        FieldSpec(name="per", label="Nhân với", kind="choice", required=True, options=PER),
        FieldSpec(
            name="tiers", label="Mức khác từ số lượng nào", kind="tiers",
            help="Mỗi dòng một mức, ví dụ 3: 1.000 nghĩa là từ trang thứ ba thu 1.000 đồng. Thường để trống.",
        ),
        FieldSpec(name="cap", label="Mỗi bản không quá (đồng)", kind="money", help="Thường để trống."),
        _CHANNELS,
        FieldSpec(name="condition", label="Khi nào thu mức này", kind="text"),
        _CASES,
        FieldSpec(
            name="legal_basis", label="Căn cứ pháp lý", kind="line", required=True,
            help="Văn bản đặt ra mức thu, ví dụ: Thông tư 281/2016/TT-BTC.",
        ),
        FieldSpec(name="note", label="Lời dặn người dân", kind="text"),
        *_FACT,
    ],
)  # fmt: skip
EXEMPTIONS = Section(
    slug="mien-giam", attribute="exemptions", title="Miễn, giảm phí", noun="diện miễn, giảm", struct=Exemption,
    editable=True,
    fields=[
        FieldSpec(name="groups", label="Ai được miễn, giảm", kind="many", required=True, options=groups()),
        FieldSpec(name="percent", label="Giảm bao nhiêu phần trăm", kind="number", required=True, help="Ghi 100 nếu được miễn."),
        FieldSpec(name="fees", label="Chỉ cho khoản phí", kind="many", options_of="fees", help="Không chọn gì là mọi khoản."),
        FieldSpec(name="legal_basis", label="Căn cứ pháp lý", kind="line", required=True),
        FieldSpec(name="note", label="Lời dặn người dân", kind="text"),
        _CASES, *_FACT,
    ],
)  # fmt: skip
DURATIONS = Section(
    slug="thoi-han", attribute="durations", title="Thời hạn giải quyết", noun="thời hạn", struct=Duration,
    editable=True, successor=True,
    fields=[
        FieldSpec(
            name="value", label="Số", kind="number", required=True, help="Ghi 0, đơn vị “ngày”, nếu trả trong ngày."
        ),
        FieldSpec(name="unit", label="Đơn vị", kind="choice", required=True, options=UNITS),
        FieldSpec(name="condition", label="Khi nào áp dụng", kind="text"),
        FieldSpec(name="next_day_after_15h", label="Nhận hồ sơ sau 15 giờ thì trả vào ngày làm việc sau", kind="flag"),
        _CASES, _BASIS, *_FACT,
    ],
)  # fmt: skip
PLACE = Section(
    slug="noi-nop", attribute="places", title="Nơi nộp và cơ quan giải quyết", noun="nơi nộp", struct=Place,
    title_field="where", editable=True,
    fields=[
        FieldSpec(name="where", label="Nộp ở đâu", kind="text", required=True, help="Một câu nói với người dân."),
        FieldSpec(name="kind", label="Loại điểm", kind="choice", required=True, options=PLACES),
        FieldSpec(name="agency", label="Cơ quan giải quyết", kind="text", required=True),
        FieldSpec(
            name="competent_by", label="Nơi giải quyết xác định theo", kind="choice", required=True, options=COMPETENT_BY
        ),
        _CASES, _BASIS, *_FACT,
    ],
)  # fmt: skip
STEPS = Section(
    slug="trinh-tu", attribute="steps", title="Trình tự", noun="bước", struct=Statement, title_field="text",
    editable=True,
    fields=[FieldSpec(name="text", label="Nội dung bước", kind="text", required=True), _CASES, *_FACT],
)  # fmt: skip
ELIGIBILITY = Section(
    slug="dieu-kien", attribute="eligibility", title="Điều kiện", noun="điều kiện", struct=Statement,
    title_field="text", editable=True,
    fields=[FieldSpec(name="text", label="Nội dung điều kiện", kind="text", required=True), _CASES, *_FACT],
)  # fmt: skip
ONLINE_FILING = Section(
    slug="truc-tuyen", attribute="online", title="Làm trực tuyến", noun="cách làm trực tuyến", struct=Online,
    editable=True,
    fields=[
        FieldSpec(name="level", label="Mức độ", kind="choice", required=True, options=ONLINE),
        FieldSpec(name="url", label="Địa chỉ trang nộp", kind="line", help="Bắt đầu bằng https://"),
        FieldSpec(name="note", label="Việc vẫn phải làm trực tiếp", kind="text"),
        _CASES, *_FACT,
    ],
)  # fmt: skip
CASES = Section(
    slug="truong-hop", attribute="cases", title="Trường hợp", noun="trường hợp", key="id", title_field="label",
    fields=[
        FieldSpec(name="label", label="Tên trường hợp", kind="line"),
        FieldSpec(name="phrases", label="Lời người dân hay nói", kind="lines"),
        FieldSpec(name="moves_to", label="Là thủ tục khác, mã", kind="line"),
    ],
)  # fmt: skip
FORMS = Section(
    slug="mau", attribute="forms", title="Mẫu đơn, tờ khai", noun="mẫu", key="id", title_field="name",
    fields=[
        FieldSpec(name="name", label="Tên mẫu", kind="line"),
        FieldSpec(name="number", label="Ban hành theo", kind="line"),
        FieldSpec(name="submission", label="Trợ lý điền giúp được", kind="flag"),
    ],
)  # fmt: skip
RESULTS = Section(
    slug="ket-qua", attribute="results", title="Kết quả", noun="kết quả", title_field="name",
    fields=[
        FieldSpec(name="name", label="Tên kết quả", kind="line"),
        FieldSpec(name="code", label="Mã kết quả", kind="line"),
    ],
)  # fmt: skip
LEGAL_BASIS = Section(
    slug="can-cu", attribute="legal_basis", title="Căn cứ pháp lý", noun="văn bản", struct=LegalText, key="number",
    title_field="name", editable=True,
    fields=[
        FieldSpec(name="number", label="Số hiệu", kind="line", required=True, help="Ví dụ: 60/2014/QH13."),
        FieldSpec(name="name", label="Tên văn bản", kind="line", required=True),
        FieldSpec(name="effective_from", label="Có hiệu lực từ ngày", kind="date"),
    ],
)  # fmt: skip
SOURCES = Section(
    slug="nguon", attribute="sources", title="Nguồn đối chiếu", noun="nguồn", struct=Source, title_field="title",
    editable=True, grows=False,
    fields=[
        FieldSpec(name="title", label="Tên trang nguồn", kind="line", required=True),
        FieldSpec(name="url", label="Địa chỉ trang nguồn", kind="line", required=True, help="Bắt đầu bằng https://"),
        FieldSpec(
            name="decision", label="Quyết định công bố", kind="line", required=True, help="Ví dụ: 163/QĐ-BTP."
        ),
        FieldSpec(name="decided_on", label="Ngày quyết định", kind="date"),
        FieldSpec(
            name="verified_on", label="Ngày đối chiếu gần nhất", kind="date", required=True,
            help="Ngày anh/chị so bản ghi này với nguồn; người dân thấy ngày này dưới mỗi câu trả lời.",
        ),
    ],
)  # fmt: skip
TEXTS = Section(
    slug="loi-van", attribute="", title="Lời văn và cách gọi", noun="lời văn", editable=True, grows=False,
    fields=[
        FieldSpec(name="name", label="Tên chính thức", kind="line", editable=False),
        FieldSpec(
            name="short_name", label="Tên gọi trong câu", kind="line", required=True,
            help="Như khi nói: “Anh/chị muốn <tên này> ạ?”, ví dụ: đăng ký khai sinh.",
        ),
        FieldSpec(name="overview", label="Giới thiệu ngắn", kind="text", required=True),
        FieldSpec(
            name="aliases", label="Tên gọi hằng ngày", kind="lines",
            help="Mỗi dòng một cách gọi của người dân; trợ lý dùng để nhận ra thủ tục.",
        ),
        FieldSpec(name="example_questions", label="Câu hỏi mẫu", kind="lines", help="Mỗi dòng một câu."),
        FieldSpec(name="note_for_staff", label="Ghi chú cho cán bộ", kind="text", help="Người dân không thấy."),
        FieldSpec(name="audience", label="Ai làm thủ tục này", kind="line", editable=False),
        FieldSpec(name="field", label="Lĩnh vực", kind="line", editable=False),
        FieldSpec(name="level", label="Cấp giải quyết", kind="many", options=LEVELS, editable=False),
        FieldSpec(name="frequency", label="Mức hay gặp (0 đến 5)", kind="number", editable=False),
        FieldSpec(name="case_question", label="Câu hỏi để biết trường hợp", kind="line", editable=False),
        FieldSpec(
            name="city_online_support", label="Được hỗ trợ phí trực tuyến của thành phố", kind="flag", editable=False
        ),
        FieldSpec(name="related", label="Thủ tục liên quan", kind="lines", editable=False),
        FieldSpec(name="replaced_by", label="Đã thay bằng thủ tục", kind="line", editable=False),
    ],
)  # fmt: skip

# In the order a citizen asks; sources last.
SECTIONS = [
    TEXTS, CASES, COMPONENTS, FEES, EXEMPTIONS, DURATIONS, PLACE, ONLINE_FILING, STEPS, ELIGIBILITY, FORMS, RESULTS, LEGAL_BASIS,
    SOURCES,
]  # fmt: skip
BY_SLUG = {section.slug: section for section in SECTIONS}
