"""Measuring speed and memory against the budgets of design section 10, beside a stock Rasa pipeline."""
