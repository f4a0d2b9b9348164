"""Performance budgets: their limits, a proposal from runs, and the verdict; also those of a page."""
