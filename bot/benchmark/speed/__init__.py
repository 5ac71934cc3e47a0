"""How fast an answer is, against the bare embedding of the same text, against peers, and as the corpus grows."""
