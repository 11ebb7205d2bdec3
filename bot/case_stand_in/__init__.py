"""A local stand-in of the city's case system, see server.py."""
