"""A support bot that reads pasted failures and answers with a cause, its evidence, a fix and the page behind each claim."""
