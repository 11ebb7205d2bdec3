"""Typesetting with typst: a template of ours and data, to PDF. Values are data, never read as markup."""

from __future__ import annotations

import functools
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

import typst

_HERE = Path(__file__).parent


@functools.cache
def _fonts() -> list[str]:
    """Folder of the bundled font: typst's own serif sets the marks of bold capitals too high."""
    spec = find_spec("font_source_serif_pro")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("the package font-source-serif-pro is missing; run ./motcua again to set up")
    return [str(Path(next(iter(spec.submodule_search_locations))) / "files")]


def compile_pdf(template: str, data: dict[str, object]) -> bytes:
    """One PDF of a template and its data."""
    return _compile(template, data, "pdf")[0]


def compile_pictures(template: str, data: dict[str, object], dots_per_inch: int = 72) -> list[bytes]:
    """The same paper as PNG, one a page: for the preview, and to compare how it looks."""
    return _compile(template, data, "png", dots_per_inch)


def _compile(template: str, data: dict[str, object], to: Literal["pdf", "png"], ppi: int = 72) -> list[bytes]:
    made: object = typst.compile(  # type: ignore[misc]  # its stub leaves the type open
        (_HERE / template).read_bytes(), font_paths=_fonts(), ignore_system_fonts=True, format=to, ppi=float(ppi),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )  # fmt: skip
    given: list[object] = made if isinstance(made, list) else [made]
    pages = [page for page in given if isinstance(page, bytes)]
    if len(pages) != len(given):
        raise RuntimeError(f"typst gave {type(made).__name__} instead of pages")
    return pages
