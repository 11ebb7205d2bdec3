"""Rasa SDK custom actions, one file per capability. Thin: facts come from procedures_kb, drafts from bot.submissions."""
