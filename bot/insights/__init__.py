"""How the bot is doing: counts over a period in words and as a picture, and what to look after."""
