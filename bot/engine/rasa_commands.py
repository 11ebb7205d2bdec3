"""Rasa's own command line, with our import stand-ins and patches in place."""

from __future__ import annotations

import os
import sys
import warnings

from bot.engine import rasa_patches, without_tensorflow
from bot.settings import ROOT

# Commands that read training data: told where ours lies unless the caller says otherwise.
_DATA_OPTION = {
    ("train",): "--data",
    ("data", "validate"): "--data",
    ("data", "split"): "--nlu",
    ("interactive",): "--data",
}


def run(arguments: list[str]) -> int:
    """Run one Rasa command; returns its exit code."""
    from bot.engine.training import training_files

    without_tensorflow.install()
    warnings.simplefilter("ignore")  # about Rasa itself, which is frozen; its validators report in their own way
    rasa_patches.silence_telemetry()
    os.chdir(ROOT)
    for command, option in _DATA_OPTION.items():
        if tuple(arguments[: len(command)]) == command and option not in arguments and "--help" not in arguments:
            arguments = [*arguments, option, *training_files()]
    rasa_patches.apply()
    from rasa.__main__ import main

    sys.argv = ["rasa", *arguments]
    try:
        main()
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else (1 if stop.code else 0)
    return 0
