"""Reading what a citizen typed, one idea a module: plain text, dates, people's numbers, quantities, places."""
