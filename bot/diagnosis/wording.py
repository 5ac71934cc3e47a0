"""How people put it: the wordings that tell a complaint from a question and from small talk. RE2, any case."""

from __future__ import annotations

from typing import Any

from bot.patterns import compile_pattern

_WHO = r"\b(?:i|we|it|my|our|users?|they)(?:'m| am|'re| are| is| was| were| just| only| always| sometimes| now| still| also| keeps?|'s)* "
_NOT = (
    r"\b(?:does ?n[o']?t|do ?n[o']?t|did ?n[o']?t|is ?n[o']?t|are ?n[o']?t|won'?t|ca ?n[o']?t|cannot|could ?n[o']?t|not|no longer|never"
    r"|nothing|stopped|stops|quit) (?:\w+ )?(?:\w+ )?"
)
COMPLAINT = (
    _WHO
    + r"(?:gett?ing|gets?|got|seeing|saw|receiv(?:e|ing|ed)|hit(?:ting)?|facing|running into|having|experienc(?:e|ing|ed))\b",
    _WHO + r"(?:stuck|failing|returns?|returned|throws?|crash(?:es|ed)?|gone|broken|dead|ignored)\b",
    _NOT
    + r"(?:work|respond|connect|play|load|generat|speak|start|arriv|reach|receiv|chang|stop|trigger|transcrib)(?:e|s|es|ing|ed)?\b",
    _NOT
    + r"(?:hear|get|find|import|show|sound|appear|recognized|detected|available|found|supported|able|allowed|authorized|permitted)\b",
    r"\bno (?:\w+ )?(?:audio|sound|speech|response|answer|output|voice|transcript\w*|reply|result|logs?)\b",
    r"\b(?:hear|heard|get|got|gets|comes?|transcribes?|returns?|does) nothing\b|\bnothing (?:is|comes|happens|reaches|arrives|works|plays)\b",
    r"\b(?:choppy|crackl\w+|stutter\w*|glitch\w*|distort\w+|robotic|muffled|nois[ey]\w*|laggy|delayed|too (?:slow|fast|late|long|quiet|loud|many (?:concurrent |parallel )?requests))\b",
    r"\b(?:clicks?|pops?|hiss\w*|artifacts?|gaps?) (?:at|in|between|during|on|sounds?|noises?)\b",
    r"\b(?:missing|mispronounc\w+|wrong(?:ly)?|weird|strange|inconsistent|skips?|skipped|truncated|cut short|gets? cut|never (?:ends?|arrives?))\b",
    r"\bwhy (?:is|are|does|do|did|am|was|were|has|have|won'?t|can'?t)\b",
    r"\bwhat(?:'s| is)? ?(?:wrong|the reason|happening|going on|causing|am i doing)\b",
    r"\b(?:broken|dying|dies|died|garbled|static noise|cut ?s? off|cuts? out|silen(?:t|ce)|stuck|hangs?|freezes?|crash(?:es|ed|ing)?)\b",
    r"\b(?:gives?|gave|giving|throws?|get|gets|getting) (?:me |us |back )?(?:an? |the |this |no |nothing|only )?(?:\w+ )?(?:errors?|audio|output|sound|nothing)\b",
    r"\b(?:fails?|failed|failing|disconnects?|disconnected|disconnecting|clos(?:es|ed)|keeps? closing|drops?|timed out|times out|unexpected(?:ly)?|rejected|refused|denied|blocked)\b",
    r"\b(?:\w+_)?(?:error|exception|issue|problem|trouble|bug)s?\b",
    r"\b(?:stays?|remains?|stayed|sits?|hanging|spins?|loads?|loading|processing|waiting) (?:\S+ ){0,6}(?:forever|endless(?:ly)?|for (?:hours|days))\b",
    r"\b(?:instead of|suddenly|all of a sudden|used to work|worked (?:before|until|yesterday))\b",
)
TOLD = (
    r"^\W*(?:i|we) (?:only |just |still |now )?see\b",
    r"\b(?:gives?|gave|giving) (?:me|us) (?:an? |the |this |no |nothing|only )?(?:\w+ )?(?:errors?|audio|output|sound|nothing)\b",
    r"^\W*(?:getting|got|receiving|seeing|hitting) (?:an? |the |this |these |some |lots? of )?(?:\w+ ){0,2}(?:errors?|exceptions?|timeouts?)\b",
)
EXPERIENCE = (
    _WHO + r"(?:gett?ing|gets?|got|seeing|saw|receiving|hitting|having|facing|failing|stuck)\b",
    r"\bnot working\b|\bwhy (?:is|are|does|do|did|am|was|were) (?:my|the|it|i|this|our)\b|\bthe reason\b|\bwhat(?:'s| is) wrong\b",
)
QUESTION = (
    r"\?|？",
    r"^\W*(?:hi|hey|hello|so|ok)?\W*(?:how|what|what'?s|which|who|when|until when|where|can|could|does|do|is|are|should|may|must|will|would)\b",
    r"^\W*(?:any(?:one|body)?|max|min|limit|list of|difference)\b",
    r"\b(?:how (?:do|to|can|long|many|much|big)|what (?:is|are|does|do)|which|is there|are there|wondering|difference between)\b",
    r"\b(?:can|do|should|could|will|does|would) (?:i|we|you|it|they|this|that|the|my|our)\b",
    r"[,;:.-]\s+(?:so )?(?:what|which|how|can|could|will|does|do|is|are|where|when|should|possible|allowed|supported|any way)\b",
    r"\b(?:any way to|is it possible|possible to|want to know|tell me|explain)\b",
)
OF_FACT = (
    r"(?:^|[.!,;:]\s*)\W*(?:so|and|but|hi|hey|hello|quick question|question)?\W*"
    r"(?:how (?:do|to|can|long|many|much|big|often|far|should|would)|which|who|does|should|until when|since when|is (?:there|it)|are there)\b",
    r"(?:^|[.!,;:]\s*)\W*what (?:does|do|is|are|can|comes|happens|counts|would|should)\b",
    r"(?:^|[.!,;:]\s*)\W*what'?s (?:the|a) \w+",
    r"(?:^|[.!,;:]\s*)\W*(?:can|could|do) (?:i|we|you|it|one|a)\b",
    r"(?:^|[.!,;:]\s*)\W*(?:when (?:does|do|is|will)|where (?:do|can|is|are))\b",
)
THANKS = (
    r"^\W*(?:thanks?|thank you|thx|ty|cheers|lol|nice|great|awesome|perfect|brilliant|cool|ok(?:ay)?|np)\b",
    r"\b(?:thanks|thank you|thx)(?: (?:so|very) much| a lot| again| everyone| all)?\W*$",
)
SOLVED = (
    r"^\W*(?:solved|fixed|resolved)\b|\b(?:it|that|this|everything|all) (?:is |'s )?(?:now )?(?:solved|fixed|resolved)\b",
    r"\b(?:works|working|works fine|runs) (?:again|now)\b|\b(?:works|runs) (?:fine|perfectly)\W*$|\b(?:now|finally) (?:it )?works\b",
    r"\b(?:that|this|it) (?:worked|works|helped|did it|did the trick|fixed it|solved it|was it)\b",
    r"\b(?:seems? to be|is|are|we'?re|it'?s) back(?: up| online| to normal)?\W*$|\byou (?:were|are) right\b",
)
DENIAL = (
    r"^\W*(?:(?:no|nope|nah|sorry|hm+|but)\b\W*)*(?:that|this|it)(?:'s| is| was| were)? ?(?:n[o']?t|not|definitely not|certainly not)"
    r" (?:it|that|this|the (?:problem|issue|cause|reason|case)|our (?:problem|issue|case))\b",
    r"^\W*(?:no|nope|nah)\b\W*(?:(?:that|it)(?:'s| is)? ?(?:wrong|something else|(?:a )?different|another))\b",
    r"^\W*(?:not (?:it|that|the (?:problem|cause|reason|issue)))\b|^\W*wrong (?:cause|guess|diagnosis)\b",
)
CALLS = (
    r"\b(?:can|could|would|will|does|is|are) (?:some ?(?:one|body)|any ?(?:one|body)|you(?: guys)?|u|there any ?(?:one|body))(?: (?:here|around|please|pls|maybe|kindly|else|out there)){0,2}"
    r"(?: (?:help|assist|advise|(?:who )?knows?|have an idea|point me|take a look|look at)\b[^.?!\n]{0,80})?[.?!]*$",
    r"\b(?:can|could|would|will|does|is) (?:some ?(?:one|body)|any ?(?:one|body)|you|u)(?: please| pls| kindly)? (?:help|assist|advise)\b[^.?!\n]{0,60}[.?!]*",
    r"\bis any ?(?:one|body) (?:here|around|online|awake)\b[^.?!\n]{0,80}[.?!]*|\bany ?(?:one|body) (?:here )?who (?:knows?|can help)\b[^.?!\n]{0,80}[.?!]*",
    r"\bany (?:ideas?|pointers?|help|clues?|hints?|suggestions?|thoughts|advice|luck)\b[^.?!\n]{0,60}[.?!]*|\bplease help\b[^.?!\n]{0,40}[.?!]*",
    r"\b(?:can|could|would|will) you (?:please |also |maybe |quickly ){0,2}(?:print|post|share|paste|send|try|check|show|run|log|upload|attach|confirm|update|test)\b(?:[^.?!\n]|[.?!]\S){0,160}[.?!]*",
    r"\b(?:that|this|it|which) (?:usually |normally |often |then )?(?:tells?|shows?|says?|decides?) (?:us |you |me )?(?:which|what|whether|how|why)\b[^.?!\n]{0,80}[.?!]*",
    r"\b(?:i|we)(?:'ll| will| am going to|'m going to|'re going to)\b[^.?!\n]{0,80}|[,;]\s+will (?:post|try|check|report|send|test|look|let|do|be)\b[^.?!\n]{0,80}",
)


def compiled(wordings: tuple[str, ...]) -> Any:
    """One pattern that finds any of the wordings."""
    return compile_pattern("|".join(f"(?:{wording})" for wording in wordings))
