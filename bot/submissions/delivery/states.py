"""What the case system's ten states (TrangThaiHoSo) mean for us."""

from __future__ import annotations

STATE_OF = {3: "cancelled", 5: "returned", 7: "cancelled", 8: "cancelled"}  # → ours; else submitted
FINAL = frozenset({3, 7, 8, 10})
