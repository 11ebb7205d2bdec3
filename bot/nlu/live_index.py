"""The link index over the live knowledge base: rebuilt in the background as soon as a release is published."""

from __future__ import annotations

import ctypes
import logging
import threading
import time
from pathlib import Path

from bot.nlu.link_document import LinkDocument, document
from bot.nlu.link_index import LinkIndex
from procedures_kb.store import Store

log = logging.getLogger(__name__)


class LiveIndex:
    """Hands out the newest finished index. The first one is built at once, later ones beside the old one.

    The file is opened anew when it is first asked, not kept open from the build: an SQLite connection must not be carried
    into a forked process, and workers are forked with the index built (bot/engine/workers.py).

    Args:
        path: the knowledge base file; made empty when missing (everything is then "not sure").
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._imported: tuple[tuple[int, int], list[LinkDocument]] | None = None
        self._opened: Store | None = None
        store = Store(path)
        self._mark = store.change_mark()
        self._index = self._build(store, None)
        store.close()

    def _build(self, store: Store, before: LinkIndex | None) -> LinkIndex:
        """Build an index; the imported records are read again only if an import has changed them."""
        started = time.perf_counter()
        mark = store.imported_mark()
        if self._imported is None or self._imported[0] != mark:
            self._imported = mark, [document(entry) for entry in store.entries("imported")]
        reviewed = [document(entry) for entry in store.entries("published")]
        index = LinkIndex([*reviewed, *self._imported[1]], before=before)
        ctypes.CDLL(None).malloc_trim(0)  # what building took goes back to the system: each worker holds an index
        log.info("link index of %d procedures built in %.2f s", len(index.documents), time.perf_counter() - started)
        return index

    def current(self) -> LinkIndex:
        """The newest index; looks whether the knowledge base has changed (20 µs) and starts a rebuild if so."""
        if self._opened is None:
            self._opened = Store(self._path)
        mark = self._opened.change_mark()
        if mark != self._mark and self._lock.acquire(blocking=False):
            self._mark = mark
            threading.Thread(target=self._rebuild, name="link-index", daemon=True).start()
        return self._index

    def _rebuild(self) -> None:
        try:
            store = Store(self._path)
            try:
                self._index = self._build(store, self._index)
            finally:
                store.close()
        except Exception:
            log.exception("link index could not be rebuilt; the old one goes on serving")
        finally:
            self._lock.release()
