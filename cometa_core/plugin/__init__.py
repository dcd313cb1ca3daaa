"""How plugins are found, ordered, checked and called."""
