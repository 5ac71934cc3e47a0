"""What is wrong with how a bot is set up, and what to do about it; nothing is changed."""
