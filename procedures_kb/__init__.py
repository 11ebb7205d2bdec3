"""The knowledge base of procedures: model, store, search, importers, releases. Public content only, no personal data."""
