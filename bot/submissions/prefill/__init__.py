"""Sources that fill fields in before they are asked: one plug-in per module, told apart by :mod:`registry`."""
