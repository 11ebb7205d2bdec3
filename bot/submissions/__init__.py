"""Drafts and submissions: the only place where personal data live, encrypted, after consent. Imports procedures_kb only."""
