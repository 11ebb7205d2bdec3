"""Một Cửa: the assistant. See README for the map of the packages."""
