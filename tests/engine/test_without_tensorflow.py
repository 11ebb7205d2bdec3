"""TensorFlow is absent, and Rasa still imports."""

import subprocess
import sys

from bot.engine import without_tensorflow


def test_stand_in_can_be_subclassed_called_and_used_as_decorator() -> None:
    import tensorflow as tf  # type: ignore[import-not-found]

    class Model(tf.keras.Model):
        pass

    @tf.function
    def double(x: int) -> int:
        return 2 * x

    assert double(3) == 6
    assert isinstance(Model(), tf.keras.Model)


def test_tensorflow_is_really_not_installed() -> None:
    done = subprocess.run([sys.executable, "-c", "import tensorflow"], capture_output=True, text=True)
    assert "ModuleNotFoundError" in done.stderr


def test_installing_twice_adds_one_finder() -> None:
    before = len(sys.meta_path)
    without_tensorflow.install()
    assert len(sys.meta_path) == before


def test_installing_after_rasa_fails_loudly() -> None:
    code = (
        "import sys, types; sys.modules['rasa.core.agent'] = types.ModuleType('x')\n"
        "from bot.engine import without_tensorflow\nwithout_tensorflow.install()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "must run before rasa is imported" in done.stderr
