"""Reports of what verdicts found: one HTML file that needs nothing beside it."""
