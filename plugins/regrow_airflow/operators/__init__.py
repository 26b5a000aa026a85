"""One task each."""
