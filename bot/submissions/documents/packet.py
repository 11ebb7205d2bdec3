"""The officer's packet: one record of the submission, as JSON for machines and as a page for people."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from bot.submissions import filling, protecting
from bot.submissions.completeness import LABELS, Verdict, verdict_of
from bot.submissions.documents.typeset import compile_pdf
from bot.submissions.store import Draft
from bot.submissions.values import shown
from procedures_kb.form_model import Field, FormDefinition, asked_fields

SCHEMA = 1


def packet(draft: Draft, form: FormDefinition, consent: tuple[str, str, str] | None, today: dt.date) -> dict[str, Any]:
    """Everything an officer, or the case system, needs: answers with their source, the verdict, findings, consent."""
    verdict = verdict_of(draft, form, today)
    lines = [{**msgspec.to_builtins(line), "label": line.label} for line in verdict.lines]
    return {
        "schema": SCHEMA, "reference": draft.reference, "state": draft.state, "release": draft.release, "channel": draft.channel,
        "procedure": draft.procedure, "made_on": today.isoformat(),
        "form": {"id": form.id, "title": form.title, "number": form.number, "official": form.official.id},
        "case": {"id": verdict.case, "label": verdict.case_label}, "complete": verdict.complete, "components": lines,
        "findings": [msgspec.to_builtins(finding) for finding in filling.findings(form, draft.content, today)],
        "values": {field.id: draft.content.values.get(field.id, "") or text for field, text in filling.answered(form, draft.content)},
        "groups": groups(form, draft), "files": [msgspec.to_builtins(one) for one in draft.attached],
        "consent": dict(zip(("version", "channel", "given_at"), consent, strict=True)) if consent else None,
    }  # fmt: skip


def groups(form: FormDefinition, draft: Draft) -> list[dict[str, Any]]:
    """The answers as people read them, by the form's groups; rows of repeatable groups included."""
    texts = {field.id: text for field, text in filling.answered(form, draft.content)}
    applying = asked_fields(form, draft.content.values)
    found = []
    for group in form.groups:
        own = {field.id for field in group.fields}
        prefix = f"{group.repeat.id}-" if group.repeat else ""
        rows = [
            {"id": field.id, "label": field.label, "value": texts.get(field.id, ""),
             "source": _source(draft, field.id, field.composed), "verified": field.id in draft.content.verified,
             "database": _database(draft, field)}
            for field in applying
            if (field.id.startswith(prefix) if prefix else field.id in own)
        ]  # fmt: skip
        if rows:
            found.append({"title": group.title, "rows": rows})
    return found


def _source(draft: Draft, field_id: str, is_composed: str) -> str:
    return protecting.said_source(draft.content, field_id) or ("em soạn sẵn" if is_composed else "")


def _database(draft: Draft, field: Field) -> str:
    """What a database had said of a value the person denied."""
    said = protecting.said_by_database(draft.content, field.id)
    return shown(field, said) if said else ""


def packet_json(draft: Draft, form: FormDefinition, consent: tuple[str, str, str] | None, today: dt.date) -> bytes:
    """The packet for machines."""
    return msgspec.json.format(msgspec.json.encode(packet(draft, form, consent, today)), indent=2)


def packet_pdf(draft: Draft, form: FormDefinition, consent: tuple[str, str, str] | None, today: dt.date) -> bytes:
    """The packet for people."""
    about = packet(draft, form, consent, today)
    given = about["consent"]
    return compile_pdf("packet.typ", {
        "title": form.title, "reference": draft.reference or "chưa có", "procedure": draft.procedure,
        "case": about["case"]["label"] or "trường hợp chung", "conclusion": conclusion(verdict_of(draft, form, today)),
        "lines": [{"name": line["name"], "label": line["label"],
                   "law": ". ".join(part for part in (line["law"], line["condition"], line["note"]) if part)}
                  for line in about["components"]],
        "findings": [finding["message"] for finding in about["findings"]], "groups": about["groups"],
        "consent": f"Đã đồng ý lúc {given['given_at'][:16].replace('T', ' ')}, nội dung phiên bản {given['version']}."
        if given else "Không có ghi nhận đồng ý.",
        "footer": f"{form.number}. Dữ liệu thủ tục: bản công bố {draft.release}.",
    })  # fmt: skip


def conclusion(verdict: Verdict) -> str:
    """The verdict in one line: how many of each state."""
    counts = {label: sum(line.state is state for line in verdict.lines) for state, label in LABELS.items()}
    return "; ".join(f"{label.lower()}: {count}" for label, count in counts.items() if count)
