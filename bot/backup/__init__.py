"""The whole state in one file that any database takes back: what was answered, the settings, the audit and the corpora."""

from bot.backup.make import make_backup
from bot.backup.restore import restore_backup

__all__ = ["make_backup", "restore_backup"]
