"""Answers for the modules Rasa imports but our pipeline never uses, so that TensorFlow need not be installed.

Rasa 3.6.21 imports TensorFlow at start (callbacks, DIET, TED) even for a pipeline without neural models. The stock
environment is 2.7 GB; without TensorFlow it is 1.0 GB and the first answer comes in about half the time
(docs/decisions/0001). ``install()`` must run before anything of ``rasa`` is imported.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import types
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from typing import Any

STUBBED = ("tensorflow", "tensorflow_text", "tensorflow_hub", "tensorflow_addons", "keras", "jax")


class _Anything(type):
    """Metaclass of the stand-in: any attribute of it is again a stand-in class."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        # As a decorator (``@tf.function``) it must hand the decorated function back.
        if len(args) == 1 and not kwargs and isinstance(args[0], types.FunctionType):
            return args[0]
        return super().__call__(*args, **kwargs)

    def __getitem__(cls, item: Any) -> Any:
        return cls

    def __or__(cls, other: Any) -> Any:
        return cls

    def __ror__(cls, other: Any) -> Any:
        return cls


class Placeholder(metaclass=_Anything):
    """May be subclassed, called, subscripted and used as a decorator; it does nothing."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        pass

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return args[0] if len(args) == 1 and callable(args[0]) else self

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder

    def __getitem__(self, item: Any) -> Any:
        return self


class _PlaceholderModule(types.ModuleType):
    __version__ = "0.0.0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Placeholder


class _StubFinder(MetaPathFinder, Loader):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname.partition(".")[0] in STUBBED:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _PlaceholderModule(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def install() -> None:
    """Put the stand-ins in place. Does nothing when already installed.

    Raises:
        RuntimeError: Rasa was imported before, so the stand-ins would come too late.
    """
    if any(isinstance(finder, _StubFinder) for finder in sys.meta_path):
        return
    if "rasa.core.agent" in sys.modules:
        raise RuntimeError("bot.engine.without_tensorflow.install() must run before rasa is imported")
    sys.meta_path.insert(0, _StubFinder())
