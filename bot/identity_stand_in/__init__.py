"""A local stand-in of the identity provider and the population data, with invented people; for tests and demos only."""
