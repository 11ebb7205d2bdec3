"""Handing a submission over: plug-ins of one grammar, see base.py."""
