"""Who may say what of an answer."""

from __future__ import annotations

from collections.abc import Collection


def may_judge(
    *, user_id: int, asker_id: int, roles: Collection[int], helper_roles: Collection[int], manages_messages: bool
) -> bool:
    """Whether a user may judge or remove an answer: who asked, who helps, and who may remove any message."""
    return user_id == asker_id or manages_messages or not set(helper_roles).isdisjoint(roles)
