"""The table of settings that the README shows."""

from __future__ import annotations

from pydantic_core import PydanticUndefined

from bot.settings import Settings


def settings_table() -> str:
    """The Markdown table of every setting: its variable, its default and what it does."""
    rows = ["| Variable | Default | Meaning |", "|---|---|---|"]
    for name, info in Settings.model_fields.items():
        extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
        default = extra.get("shown")
        if default is None:
            plain = info.default not in (None, "", frozenset(), PydanticUndefined)
            default = f"`{info.default}`" if plain else "(none)"
        rows.append(f"| `{name.upper()}` | {default} | {info.description} |")
    return "\n".join(rows)
