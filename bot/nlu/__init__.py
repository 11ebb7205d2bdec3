"""Understanding: Rasa graph components. Normaliser and tokenizer, entity rules, intents and aspects, procedure linker."""
