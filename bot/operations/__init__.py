"""Running the bot: its log, its health, what it measures of itself, and what is wrong with how it is set up."""
