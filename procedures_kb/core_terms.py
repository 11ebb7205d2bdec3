"""What is left of a procedure's name when its verbs are taken off: "đăng ký tạm trú" → "tạm trú", as people refer back to it."""

from __future__ import annotations

import re

_VERBS = re.compile(r"^(?:(?:thủ tục|làm|xin|đăng ký|cấp đổi|cấp lại|cấp|đổi|thành lập|giấy|bản sao|thẻ) )+")


def core_term(name: str) -> str:
    """The name in lower case without its leading verbs; the name itself when nothing else is left."""
    return _VERBS.sub("", name.lower()) or name
