"""Source code among pasted lines."""

from __future__ import annotations

import re

MAX_LINE = 2000
_STATEMENT = re.compile(
    r"[})\]]|(?:try|except|catch|finally|if|elif|else|for|while|async|await|const|let|var|return|raise|throw|with|def|class|import|from"
    r"|function|export|public|private|print)\b|(?:logger|logging|log|console|self|this)\.|@\w+(?:\.\w+)*(?:\(|$)|on[A-Z]\w*\s*[:=(]"
)
_BLOCK = re.compile(r"(?:try|except|finally|if|elif|else|for|while|async|with|def|class)\b[^?!]{0,80}:$")
_PUNCTUATION = re.compile(r"=>|===?|!=|\w\(|\w\.\w+\(|\s=\s|\w\[|[;{(\[]$|[{}]")
SENTENCE = 7
"""Words from which a line that ends with a colon is a sentence that leads on to something."""


def is_code(text: str) -> bool:
    """Whether a line is source code: it begins like a statement and is punctuated like one."""
    text = text.strip()[:MAX_LINE]
    if not _STATEMENT.match(text):
        return False
    return bool(_PUNCTUATION.search(text)) or bool(_BLOCK.match(text) and len(text.split()) < SENTENCE)
