"""Who may do what in the console."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    viewer = "viewer"
    editor = "editor"
    approver = "approver"
    operator = "operator"
    admin = "admin"


class May(StrEnum):
    """One kind of act a page or a button needs."""

    read = "read"  # procedures, their history, the list of work
    edit = "edit"  # change the working copy of a procedure
    publish = "publish"  # make a working copy the answer citizens get
    submissions = "submissions"  # open a citizen's submission: personal data
    audit = "audit"  # see who opened which submission


ALLOWED: dict[Role, frozenset[May]] = {
    Role.viewer: frozenset({May.read}),
    Role.editor: frozenset({May.read, May.edit}),
    Role.approver: frozenset({May.read, May.edit, May.publish, May.submissions, May.audit}),
    Role.operator: frozenset({May.read, May.submissions}),
    Role.admin: frozenset(May),
}

ROLE_LABELS = {
    Role.viewer: "Người xem",
    Role.editor: "Người biên tập",
    Role.approver: "Người duyệt",
    Role.operator: "Cán bộ tiếp nhận",
    Role.admin: "Quản trị",
}
