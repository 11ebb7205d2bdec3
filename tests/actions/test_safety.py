"""Danger, fraud and typed secrets are recognised by words, whatever the intent model thinks."""

import pytest

from actions.safety import alarm, alarm_of
from tests.actions.turns import make_turn


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("mẹ tôi vừa ngã bất tỉnh rồi, làm sao bây giờ", "emergency"), ("chay nha roi cuu voi", "emergency"),
        ("chồng tôi đang đánh tôi", "emergency"), ("gọi cấp cứu giúp", "emergency"), ("tôi không muốn sống nữa", "emergency"),
        ("co nguoi duoi nuoc o ho", "emergency"), ("có kẻ đột nhập vào nhà", "emergency"),
        ("có người gọi bảo chuyển tiền để giữ hồ sơ", "scam"), ("co nguoi xung cong an bat toi doc ma otp", "scam"),
        ("số lạ nhắn tin bảo bấm vào link cập nhật vneid", "scam"), ("trang này có phải lừa đảo không", "scam"),
        ("otp của em là 482913", "secret"), ("mat khau vneid cua em la abc@1234", "secret"), ("mã xác thực: 112233", "secret"),
    ],
)  # fmt: skip
def test_alarms(text: str, found: str) -> None:
    assert alarm_of(make_turn(text)) == found


@pytest.mark.parametrize(
    "text",
    [
        "bố em bị đột quỵ mất hôm qua, làm giấy khai tử cần gì", "nhà em cháy mất hết giấy tờ, làm lại căn cước thế nào",
        "nộp lệ phí chuyển khoản được không", "quên mật khẩu vneid thì làm sao", "mã otp gửi về máy nào", "chạy nhà ra phường nộp",
        "đăng ký tạm trú", "tai nạn lao động hưởng chế độ gì", "số định danh 001190000123", "sang tên nhà cho con",
    ],
)  # fmt: skip
def test_no_alarms(text: str) -> None:
    assert alarm_of(make_turn(text)) is None


def test_the_model_s_guess_does_not_interrupt_a_form() -> None:
    assert alarm_of(make_turn("Trần Thị Chấn", intent="emergency")) == "emergency"
    assert alarm_of(make_turn("Trần Thị Chấn", intent="emergency", submission="a")) is None


def test_a_secret_is_not_said_back() -> None:
    turn = make_turn("mật khẩu của em là abc@1234")
    assert alarm(turn)
    assert "abc@1234" not in turn.messages[0]["text"]
