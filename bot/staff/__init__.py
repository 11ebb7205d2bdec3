"""The console of the centre's staff: the knowledge base kept true, submissions at the counter, accounts."""
