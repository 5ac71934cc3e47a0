"""What a click is answered with, where it is not composed from the corpus."""

from __future__ import annotations

UNKNOWN = "I no longer know this answer: answers are forgotten after a while, and when their message is deleted."
UNAVAILABLE = "I cannot look this answer up at the moment. Please try again in a minute."
REFUSED = "Only the person who asked, and those who help here, can do this."
FIXED = "Noted as fixed. I stay silent here from now on, unless somebody mentions me; the thread stays open."
FIXED_ALREADY = "It is noted as fixed already."
MISSED = "Noted. The next candidate, or what to send, is below."
MISSED_ALREADY = "This was noted before; what came next is further down."
CALLED = "Helpers have been called."
CALLED_ALREADY = "Helpers have been called for this already."
CALLED_OFTEN = "Helpers have been called here several times within the hour. Please give them some time."
NOBODY = "No role of helpers is set up here."
NOT_SENT = "Discord did not let me write here."
DISMISSED = "The answer is removed."
DISMISSED_ALREADY = "This answer was removed before."
FAILED = "Something went wrong while I worked on this. Please try again."
