"""Everything that follows from a log-density; one file a quantity, each result a Formula."""
