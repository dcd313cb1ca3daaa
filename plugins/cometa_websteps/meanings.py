"""Meanings of parameters that many sentences share, as testers read them."""

ELEMENT = "element to act on; any selector form"
LONGEST_WAIT = "longest wait"
MARKUP = "text or piece of markup, case matters"
RESULT = "name of the variable that receives the value, without the $ sign"
STORED = "variable of the environment; created or overwritten in the store"
