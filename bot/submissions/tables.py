"""The tables of ``submissions.sqlite``. Whatever holds something of a person goes with its draft (:data:`PERSONAL`)."""

from __future__ import annotations

import sqlite_utils

from bot.submissions import dossier_tables

# Tables with a column "draft" whose rows are deleted when the draft is erased or expires.
PERSONAL = ("links", "photos", "permissions", "reminders", *dossier_tables.PERSONAL)


def make(database: sqlite_utils.Database) -> None:
    """Make every table that is missing, inside the caller's transaction."""
    table = database.table
    dossier_tables.make(database.conn)
    table("drafts").create(
        {"id": str, "procedure": str, "form": str, "state": str, "channel": str, "release": int, "owner": str,
         "created_at": str, "expires_at": str, "reference": str, "revision": int, "sealed": bytes},
        pk="id", if_not_exists=True,
    )  # fmt: skip
    table("consents").create(
        {"draft": str, "version": str, "text": str, "channel": str, "given_at": str}, if_not_exists=True
    )
    table("links").create(
        {"digest": str, "draft": str, "expires_at": str, "used_at": str}, pk="digest", if_not_exists=True
    )
    table("trail").create({"draft": str, "at": str, "who": str, "act": str, "detail": str}, if_not_exists=True)
    # A further purpose the person agreed to (reuse), with the keyed hash by which they are known again.
    table("permissions").create(
        {"draft": str, "purpose": str, "version": str, "text": str, "channel": str, "given_at": str, "person": str},
        pk=("draft", "purpose"), if_not_exists=True,
    )  # fmt: skip
    table("photos").create(
        {"id": str, "draft": str, "component": str, "place": int, "kind": str, "pages": int, "size": int, "added_at": str,
         "sealed": bytes, "small": bytes},
        pk="id", if_not_exists=True,
    )  # fmt: skip
    table("reminders").create(
        {"draft": str, "made_at": str, "said_at": str, "channel": str}, pk="draft", if_not_exists=True
    )
    table("drafts").create_index(["owner"], if_not_exists=True)
    table("drafts").create_index(["reference"], if_not_exists=True, unique=True)
    table("photos").create_index(["draft"], if_not_exists=True)
    table("trail").create_index(["draft"], if_not_exists=True)
    table("permissions").create_index(["person"], if_not_exists=True)
