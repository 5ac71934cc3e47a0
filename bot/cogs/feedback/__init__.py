"""The buttons under an answer, and what they do."""

from bot.cogs.feedback.buttons import ANSWER_BUTTONS, answer_view
from bot.cogs.feedback.cog import Feedback

__all__ = ["ANSWER_BUTTONS", "Feedback", "answer_view"]
