"""The measurements of the knowledge base: importing all files at once, searching, writing and taking over a release."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from procedures_kb import releases
from procedures_kb.store import Store

# Run alone so that its peak memory is its own (ru_maxrss, kB on Linux).
_IMPORT = """
import resource, sys, time
from pathlib import Path
from procedures_kb.importers.registry import import_file
from procedures_kb.store import Store
started = time.perf_counter()
store = Store(Path(sys.argv[1]))
for name in sys.argv[2:]:
    print("\\n".join(import_file(store, Path(name)).lines()), file=sys.stderr)
store.close()
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def importing(kb: Path, files: tuple[Path, ...]) -> dict[str, float]:
    """Seconds and peak memory (MB) of importing all files into ``kb``."""
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT, str(kb), *map(str, files)], check=True, stdout=subprocess.PIPE, text=True,
        env=os.environ,
    )  # fmt: skip
    seconds, megabytes = (float(part) for part in done.stdout.split())
    return {"files": len(files), "seconds": round(seconds, 1), "peak_mb": round(megabytes, 1)}


def searching(kb: Path) -> dict[str, float]:
    """Milliseconds of one full-text search: every everyday name and example question of the reviewed records."""
    store = Store(kb)
    queries = [
        text for entry in store.entries() if entry.procedure
        for text in (*entry.procedure.aliases, *entry.procedure.example_questions[:3])
    ]  # fmt: skip
    times = []
    for query in queries:
        begun = time.perf_counter()
        store.search(query, 10)
        times.append((time.perf_counter() - begun) * 1000)
    records = sum(store.count().values())
    store.close()
    cuts = statistics.quantiles(times, n=100)
    return {
        "records": records,
        "queries": len(queries),
        "p50_ms": round(statistics.median(times), 2),
        "p95_ms": round(cuts[94], 2),
    }


def releasing(kb: Path, folder: Path) -> dict[str, Any]:
    """Seconds to write the release file, to verify it, and to take it over on an empty machine."""
    store = Store(kb)
    started = time.perf_counter()
    path = releases.write(store, folder)
    written = time.perf_counter()
    content = releases.read(path.read_bytes())
    verified = time.perf_counter()
    other = Store(folder / "other.sqlite")
    releases.apply(other, content, "bench")
    applied = time.perf_counter()
    store.close()
    other.close()
    return {
        "bytes": path.stat().st_size, "write_s": round(written - started, 2), "verify_s": round(verified - written, 2),
        "take_over_s": round(applied - verified, 2),
    }  # fmt: skip
