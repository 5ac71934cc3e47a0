"""A cause file to be filled in: every part with what belongs there, and tests that fail until it is done."""

from __future__ import annotations

import yaml

TEMPLATE = """\
# One file is one decision that a user has to take. Fill in the parts from top to bottom and run
#     python -m bot corpus check
# until it reports nothing for this file: the tests fail, and the cited point is unknown, as long as these texts stand here.
# All parts and kinds of signals are listed in the README. Delete the comments when you are done.
id: {id}
title: {title}
area: {area}
summary:
  # One or two sentences that a reader understands at once, and the points (points/*.yaml) whose pages say so.
  says: what happens, and under which condition.
  cite: [name-of-a-point]

signals:
  # The surest first: the code, the close code or the message that the software itself prints. `why` is shown beside the line.
  code: {{api_error: replace_by_the_error_code, why: the server's own code}}
  says: {{text: 'replace by the fixed part of the message'}}
  # What people write who do not know the cause: several ways to say it, in RE2, without regard to case.
  told: {{prose: '\\b(?:replace by words|replace by other words)\\b'}}

# Which signals show the cause, and how surely. A list inside the list means: all of them together; "!name" means: absent.
certain: [code, says]
likely: [[told]]
# A cause that hides this one as its symptom lists this one's id under `suppresses`; what excludes it goes under `rules_out`.

fixes:
  # What a good supporter would say: the exact parameter, value or call; two to five of them, each with its point.
  - do: replace by the first thing to do.
    cite: [name-of-a-point]
# ask: what would settle it if nothing above did, such as
#   - {{ask: which endpoint you call, unless: endpoint}}

phrases:
  # How people put it in their own words, for search: five or more, no two alike.
  - replace by how a beginner would ask
  - replace by how somebody in a hurry would ask

tests:
  # At least two of each. Failures as they are really pasted; a long one goes into tracebacks/NAME.txt, and here stands
  # {{traceback: NAME, level: certain}}.
  match:
    - text: 'paste a real failure here'
      level: certain
    - text: 'write it in the words of a user here'
      level: likely
  # Near misses: the same code with another reason, the same words about something else.
  no_match:
    - 'replace by the fixed part of the message of a neighbouring failure'
    - 'replace by words about a neighbouring failure'
"""


def cause_skeleton(cause: str, area: str) -> str:
    """The text of a cause file that loads, and that `corpus check` refuses until it is filled in."""
    words = cause.replace("-", " ")
    return TEMPLATE.format(id=_scalar(cause), area=_scalar(area), title=_scalar(words[:1].upper() + words[1:]))


def _scalar(value: str) -> str:
    """The value as YAML reads it back: quoted where it would be taken for a number, a date or a truth value."""
    return value if yaml.safe_load(value) == value else f'"{value}"'
