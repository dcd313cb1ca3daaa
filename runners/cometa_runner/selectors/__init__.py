"""How sentences find elements: one script call for each poll, whatever the number of strategies."""
