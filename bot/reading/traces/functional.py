"""Elixir and Erlang, OCaml, Nim, Julia, R, Zig, Lua, Perl, Crystal, Haskell: one table each."""

from __future__ import annotations

import re

from bot.reading.traces.table import TableGrammar

ELIXIR = TableGrammar(
    language="elixir",
    marks=(r"\.(exs?|erl|eex|heex|leex):\d+: \S",),
    frames=(
        re.compile(
            r"\s*(?:\([\w.]{1,60}(?: [\w.+-]{1,40})?\) )?(?P<file>[\w./-]{1,300}\.(?:exs?|erl|eex|heex|"
            r"leex)):(?P<line>\d{1,9}): (?P<function>\S[^\n]{0,2000})"
        ),
    ),
    error=re.compile(r"\*\* \((?!EXIT)(?P<type>[\w.:]{1,200})\) ?(?P<message>.*)", re.DOTALL),
    opening=re.compile(r"\*\* \(EXIT\)|terminating\s*$"),
    bridge=re.compile(r"\s*\([\w.]{1,60}(?: [\w.+-]{1,40})?\) \S|\s*\*\* \(EXIT"),
    at_least=1,
)

OCAML = TableGrammar(
    language="ocaml",
    marks=(r"(Raised|Re-raised|Called|Raised by primitive operation) (at|from|by) .*line \d+",),
    frames=(
        re.compile(
            r"\s*(?:Raised by primitive operation at|Raised at|Re-raised at|"
            r"Called from) (?:(?P<function>[^\s\"]{1,300}) in )?file \"(?P<file>[^\"]{1,300})"
            r"\"(?: \(inlined\))?, lines? (?P<line>\d{1,9})"
        ),
        re.compile(r"\s*(?:Raised by primitive operation at|Raised at|Re-raised at|Called from) (?P<function>\S{1,300}) in file"),
    ),
    error=re.compile(r"(?:Fatal error: exception|Uncaught exception:?) (?P<type>[A-Z][\w.]{0,200})(?P<message>.*)", re.DOTALL),
    bridge=re.compile(r"\s*Called from unknown location"),
    reach=2,
    at_least=1,
)

NIM = TableGrammar(
    language="nim",
    marks=(r"\.nims?\(\d+(, \d+)?\)\s+\S",),
    frames=(
        re.compile(
            r"\s*(?P<file>[^\s()]{1,300}\.nims?)\((?P<line>\d{1,9})"
            r"(?:, \d{1,6})?\) +(?:at (?:module )?)?(?P<function>[^\s:]{1,200})\s*$"
        ),
    ),
    error=re.compile(
        r"Error: unhandled exception: (?P<message>.*?) ?\[(?P<type>\w{1,100})\]|^\s*(?P<message2>SIG[A-Z]{2,8}: .*)", re.DOTALL
    ),
    opening=re.compile(r"Traceback \(most recent call last\)"),
    bridge=re.compile(r"\s*(?:\[\[reraised from:|\]\]|\.{3} ?\()"),
    reach=2,
    below=True,
    last=True,
)

JULIA = TableGrammar(
    language="julia",
    marks=(r"^\s*@ .*:\d+", r"^\s*\[\d+\] .* at \S+:\d+"),
    frames=(
        re.compile(r"\s*@ (?:[\w.]{1,80} )?(?P<file>[^\s:]{1,300}):(?P<line>\d{1,9})(?: \[inlined\])?\s*$"),
        re.compile(r"\s*\[\d{1,5}\] (?P<function>[^\n]{1,500}?) at (?P<file>[^\s:]{1,300}):(?P<line>\d{1,9})\s*$"),
    ),
    error=re.compile(
        r"ERROR: (?:LoadError: )?(?P<type>\w{1,80}(?:Error|Exception)): ?(?P<message>.*)|ERROR: (?P<message2>.*)", re.DOTALL
    ),
    opening=re.compile(r"^\s*Stacktrace:"),
    bridge=re.compile(r"\s*\[\d{1,5}\] \S|\s*\.{3} \(|\s*--- the above \d"),
    name_above=re.compile(r"\s*\[\d{1,5}\] (?P<function>[^\n]{1,500})"),
    reach=5,
)

R = TableGrammar(
    language="r",
    marks=(r"^\s*\d+\. +[|+\\<>│├└─ -]*[\w.]+ ?(::|\(local\)|\S*\()", r"^\s*\d+\. +global "),
    frames=(
        re.compile(
            r"\s*\d{1,4}\. +[|+\\<>│├└─ -]{0,80}(?P<function>[\w.]{1,80}(?:::{1,2}[^\s(]{1,80}| \(local\) [^\s(]{1,80}|"
            r")\([^\n]{0,500})"
        ),
        re.compile(r"\s*\d{1,4}\. +[|+\\<>│├└─ -]{0,80}(?:global )(?P<function>[^\n]{1,300})"),
    ),
    error=re.compile(r"^\s*Error(?: in [^\n]{1,300}?)? ?:(?P<message>.*)|^\s*<error/(?P<type>\w{1,80})>|^\s*! (?P<message2>.*)"),
    opening=re.compile(r"^\s*(?:Backtrace:|▆|█|x\s*$)"),
    bridge=re.compile(r"\s*(?:\d{1,4}\. |▆|█|\[ reached|Execution halted)"),
    reach=6,
    at_least=4,
)

ZIG = TableGrammar(
    language="zig",
    marks=(r":\d+:\d+: 0x[0-9a-f]+ in ",),
    frames=(
        re.compile(
            r"\s*(?P<file>[^\n]{1,300}?):(?P<line>\d{1,9}|\?):(?:\d{1,9}|\?): 0x[0-9a-f]{1,16} in (?P<function>[^\s(]{1,200})"
        ),
    ),
    error=re.compile(r"thread \d{1,10} (?P<type>panic): (?P<message>.*)|^\s*error: (?P<type2>[A-Z]\w{1,60})\s*$", re.DOTALL),
    bridge=re.compile(r"\?\?\?:|\s*\^"),
    source=2,
    at_least=1,
)

LUA = TableGrammar(
    language="lua",
    marks=(r"^\s*(\[C\]|[\w./\\@<>\[\]\" -]+:\d+): in (function|main chunk|upvalue|local|method|field|global)",),
    frames=(
        re.compile(
            r"\s*(?:\[C\]|(?P<file>[^\n:]{1,300}):(?P<line>\d{1,9})): in (?P<function>(?:main chunk|function|upvalue|"
            r"local|method|field|global)[^\n]{0,200})"
        ),
    ),
    error=re.compile(r"^(?:lua\S{0,20}: |error: )?[^\s:]{1,300}:\d{1,9}: (?P<message>.*)", re.DOTALL),
    opening=re.compile(r"^\s*stack traceback:"),
    bridge=re.compile(r"\s*(?:\.{3}|\(\.{3}tail calls?\.{3}\))"),
    fixed_type="error",
    reach=3,
)

PERL = TableGrammar(
    language="perl",
    marks=(r"\S+\(.*\) called at .+ line \d+",),
    frames=(
        re.compile(r"\s*(?P<function>[\w:]{1,200})\([^\n]{0,1000}\) called at (?P<file>[^\n]{1,300}?) line (?P<line>\d{1,9})"),
    ),
    error=re.compile(r"^(?P<message>\S.*) at \S{1,300} line \d{1,9}\.?", re.DOTALL),
    fixed_type="die",
    reach=2,
)

CRYSTAL = TableGrammar(
    language="crystal",
    marks=(r"^\s*from \S+\.cr:\d+",),
    frames=(re.compile(r"\s*from (?P<file>\S{1,300}\.cr):(?P<line>\d{1,9})(?::\d{1,9})? in '(?P<function>[^'\n]{1,200})'"),),
    error=re.compile(r"(?:Unhandled exception: )?(?P<message>.*) \((?P<type>[A-Z]\w{0,80}(?:::\w{1,80}){0,6})\)\s*$", re.DOTALL),
    bridge=re.compile(r"\s*(?:from \?\?\?|Caused by: )"),
    reach=3,
)

HASKELL = TableGrammar(
    language="haskell",
    marks=(r", called at \S+:\d+:\d+ in ",),
    frames=(re.compile(r"\s*(?P<function>[\w.']{1,200}), called at (?P<file>[^\s:]{1,300}):(?P<line>\d{1,9}):\d{1,9} in "),),
    error=re.compile(r"^(?:\*\*\* Exception: |[\w.-]{1,60}: )(?P<message>.*)", re.DOTALL),
    opening=re.compile(r"CallStack \(from HasCallStack\):"),
    fixed_type="error",
    reach=4,
)

FUNCTIONAL = (CRYSTAL, HASKELL, ELIXIR, OCAML, NIM, JULIA, R, ZIG, LUA, PERL)
