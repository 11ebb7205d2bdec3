"""What a message denies is not what it means."""

import pytest

from bot.nlu.denial import affirmed


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("không phải khai sinh đâu, là khai tử cho ông em", "khai tử cho ông em"),
        ("à không phải khai sinh mà là khai tử ông em", "khai tử ông em"),
        ("k phải xe mới, em mua lại con wave cũ", "em mua lại con wave cũ"),
        ("khong phai xe moi dau, em mua lai con wave cu", "em mua lai con wave cu"),
        ("nhà dân bình thường thôi, không phải khách sạn gì đâu", "nhà dân bình thường thôi"),
        ("thẻ bị hết hạn chứ không mất ạ", "thẻ bị hết hạn"),
        ("thẻ hết hạn chứ không mất, giờ đổi ở đâu", "thẻ hết hạn, giờ đổi ở đâu"),  # only the clause that denies
        ("xin giấy độc thân chứ không phải kết hôn đâu nhé", "xin giấy độc thân"),
    ],
)
def test_the_denied_part_is_left_out(said: str, meant: str) -> None:
    assert affirmed(said) == meant


@pytest.mark.parametrize(
    "said",
    [
        "không phải công chức thì có được hưởng không",
        "không phải mang bản gốc à, em gửi bưu điện cho tiện được chứ",
        "không phải chủ hộ, em làm được không",  # a fact of the case, and hardly anything would be left
        "chưa đăng ký kết hôn",
        "cưới theo tục chứ chưa ra phường ký giấy, giờ khai sinh cho con thì sao",  # a state, which tells the case
        "bố mẹ cho không em miếng đất, sang tên thế nào",
        "bo me cho khong em mieng dat sang ten the nao",
        "có phải về quê không",
    ],
)
def test_a_condition_or_a_question_denies_nothing(said: str) -> None:
    assert affirmed(said) == said
