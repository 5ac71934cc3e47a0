"""Shapes of what a program runs on and talks to: runtimes, operating systems, hosts, parameters. RE2, any case."""

from __future__ import annotations

from collections.abc import Sequence

_V = r"v?(\d+\.\d+(?:\.\d+)*)"

# Name and pattern; the groups that take part, joined by a point, are the version.
RUNTIMES: tuple[tuple[str, str], ...] = (
    ("python", r"\bpython[ /-]?v?(\d\.\d+(?:\.\d+)?)"),
    ("python", r"\bpython(3)(\d{1,2})[\\/]"),
    ("node", r"\bnode(?:\.?js)?[ /-]?(?:v(\d+(?:\.\d+)*)|((?:\d+\.\d[\d.]*|[12]\d)\b))"),
    ("deno", rf"\bdeno[ /]{_V}"),
    ("bun", rf"\bbun[ /]{_V}"),
    ("go", r"\bgo(1\.\d{1,2}(?:\.\d+)?)\b|\bgo[ /](1\.[12]\d(?:\.\d+)?)\b"),
    ("java", r"\b(?:openjdk|java|jdk|jre)(?: version)?[ /-]?\"?v?(\d{1,2}(?:\.\d+)*)(?:[_+-][\w.+-]*)?\b"),
    ("dotnet", r"(?:\.NET|\bdotnet)(?: (?:core|framework|sdk|runtime))?[ /]" + _V),
    ("php", rf"\bphp[ /-]{_V}"),
    ("ruby", rf"\bruby[ /-]{_V}"),
    ("dart", rf"\bdart(?: sdk)?(?: version)?[ /:]{{1,2}}{_V}"),
    ("flutter", rf"\bflutter[ /]{_V}"),
    ("rust", rf"\brustc[ /]{_V}"),
    ("swift", rf"\bswift(?: version)?[ /]{_V}"),
    ("unity", r"\bunity(?: version)?[ /:]{1,2}((?:20\d\d|6000)\.\d+(?:\.\d+)?(?:[abfp]\d+)?)"),
    ("react-native", rf"\breact[- ]native[ @/:]{{1,2}}{_V}"),
    ("electron", rf"\belectron[ /]{_V}"),
    ("chrome", r"\b(?:headless)?chrom(?:e|ium)(?: version)?[ /](\d{2,3}(?:\.\d+)*)"),
    ("firefox", r"\bfirefox(?: version)?[ /](\d{2,3}(?:\.\d+)*)"),
    ("safari", r"\bversion/(\d+(?:\.\d+)+)(?: mobile/\w+)? safari\b|\bsafari (\d{2}(?:\.\d+)*)"),
)

# Name and pattern; the first group that takes part is the version, where one is said. The particular before the general.
SYSTEMS: tuple[tuple[str, str], ...] = (
    ("ubuntu", r"\bubuntu\b(?:[ /-]?v?(\d\d\.\d\d(?:\.\d+)?))?"),
    ("debian", r"\bdebian\b(?: gnu/linux)?(?:[ /-]?(\d{1,2}(?:\.\d+)?))?|\b(?:bookworm|bullseye|trixie)\b"),
    ("alpine", r"\balpine (?:linux )?v?(\d\.\d+)|\balpine linux\b|:[\w.]*-?alpine(\d\.\d+)?\b|\bmusllinux|\blinux-musl\b"),
    ("amazon-linux", r"\bamazon ?linux\b(?: ?(\d{1,4}))?|\bamzn(\d{1,4})\b"),
    (
        "red-hat",
        r"\b(?:red ?hat enterprise linux|rhel|centos|rocky linux|almalinux|fedora)\b(?:[ /-](?:release )?(\d{1,2}(?:\.\d+)?))?",
    ),
    ("arch", r"\barch linux\b"),
    ("raspberry-pi", r"\b(?:raspberry ?pi os|raspbian)\b"),
    ("wsl", r"\bwsl ?2?\b|microsoft-standard-wsl"),
    ("windows", r"\bwindows(?: server)? ?(?:nt )?(1[01]|[78]|20\d\d)\b|\bwindows-(\d\d)\b|\bwin32\b|\bwin-x64\b|\bwindows nt\b"),
    ("windows", r"\b[a-z]:\\{1,2}(?:users|windows|program ?files|programdata)\b|\bappdata\\{1,2}(?:local|roaming)\b"),
    ("macos", r"\bmac ?os(?: x)?\b[ /-]?v?(\d\d(?:[._]\d+)*)?|\bdarwin\b(?:[ /-](?:kernel version )?(\d\d(?:\.\d+)*))?"),
    ("macos", r"/opt/homebrew/|/library/frameworks/python\.framework|\bmacosx_\d"),
    ("ios", r"\b(?:iphone os|cpu os|ios)[ /-]?(\d\d(?:[._]\d+)*)"),
    ("android", r"\bandroid\b[ /-]?(?:os |version )?(\d{1,2}(?:\.\d+)*)?"),
    ("linux", r"\blinux[ -](?:kernel )?(\d\.\d+(?:\.\d+)?)|\blinux[ -_](?:x86_64|amd64|aarch64|arm64|x64|gnu)\b|\bmanylinux"),
)

_NAME = r"((?:[a-z0-9](?:[\w-]*\w)?\.)+[a-z][\w-]+)"
HOSTS = (
    rf"\b(?:https?|wss?)://(?:[^\s/@\"']*@)?(?:{_NAME}|(localhost|\d{{1,3}}(?:\.\d{{1,3}}){{3}}))",
    rf"\bhost(?:name)?\\*[\"']?\s*[:=]\s*\\*[\"']?{_NAME}",
    rf"\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|resolve host:?|lookup|address:|connect to) {_NAME}(?::\d+)?",
)
"""Host names: in a URL, in a field of that name, after the words of a resolver."""
SERVED_BY = r"\bx-region\\*[\"']?\s*[:=,]\s*\\*[\"']?([a-z0-9][a-z0-9-]{2,30})"
"""The header in which a service names the region that answered."""
LANGUAGE = r"\blanguage(?:[-_ ]?code)?\\*[\"']?\s*[:=]\s*\\*[\"']?([a-z]{2,3}(?:[-_][a-z0-9]{2,4})?)(?:[\"'\\,;&)}\]\s]|$)"
NO_LANGUAGE = frozenset({"str", "any", "nil", "not", "non", "opt"})


def setting(names: Sequence[str]) -> tuple[str, ...]:
    """Patterns of the parameters of these names (snake case) with their values; group 1 is the name, group 2 the value.

    An assignment may give any number or truth value; in a sentence only a fraction is sure to be one.
    """
    every = "|".join(name.replace("_", "[_ -]?") for name in names)
    return (
        rf"(?:^|[^\w])({every})\\*[\"']?\s*[:=]\s*\\*[\"']?(-?\d*\.?\d+|true|false|none|null)\b",
        rf"(?:^|[^\w])({every}) (?:(?:is|of|at|to|was|set to) )?(-?\d?\.\d+)\b",
    )
