"""The knowledge base's own export: reviewed records as YAML or JSON, the same bytes for the same records."""

from __future__ import annotations

import io
from typing import Any

import msgspec
from ruamel.yaml import YAML

from procedures_kb.checks import faults
from procedures_kb.importers.base import Refused
from procedures_kb.model import Procedure
from procedures_kb.store import Store
from procedures_kb.text import clean_all

FORMAT = "motcua-procedures"
SCHEMA = 1


class OwnExport:
    """Rows of ``./motcua kb export``: whole reviewed records."""

    name = "export"
    description = "Reviewed records of another knowledge base of this product (./motcua kb export)."
    complete = False

    def recognises(self, row: dict[str, Any]) -> bool:
        return "components" in row and "sources" in row and "short_name" in row

    def read(self, row: dict[str, Any]) -> Procedure:
        try:
            procedure = msgspec.convert(clean_all(row), Procedure)
        except msgspec.ValidationError as error:
            raise Refused(str(error)) from error
        if found := faults(procedure):
            raise Refused("; ".join(f"{fault.field}: {fault.message}" for fault in found[:5]))
        return procedure


def export(store: Store, kind: str) -> bytes:
    """Every reviewed record in force.

    Args:
        kind: ``json`` or ``yaml``.
    """
    document = {"format": FORMAT, "schema": SCHEMA, "procedures": [
        msgspec.to_builtins(entry.procedure) for entry in store.entries() if entry.procedure
    ]}  # fmt: skip
    if kind == "json":
        return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"
    stream = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 4096
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]  # the library's type is wrong
    yaml.dump(document, stream)
    return stream.getvalue().encode()
