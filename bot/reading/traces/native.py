"""Native code: Apple crash reports, Swift, gdb, the Linux kernel; and Oracle's PL/SQL stacks."""

from __future__ import annotations

import re

from bot.reading.traces.table import TableGrammar

APPLE = TableGrammar(
    language="apple_crash",
    marks=(r"^\s*\d+\s+\S.*\s0x[0-9a-f]+ ",),
    frames=(
        re.compile(
            r"\s*\d{1,4}\s+\S[^\n]{0,100}?\s+0x[0-9a-f]{4,16} (?P<function>[^\n"
            r"]{1,1000}?) \((?P<file>[\w.+-]{1,100}):(?P<line>\d{1,9})\)\s*$"
        ),
        re.compile(r"\s*\d{1,4}\s+(?P<file>[^\n]{1,100}?)\s+0x[0-9a-f]{4,16} (?P<function>[^\n]{1,1000})"),
    ),
    error=re.compile(
        r"Exception Type: {1,12}(?:\w{1,40} \()?(?P<type>[A-Z]\w{1,40})\)?|(?P<type2>Fatal error): (?P<message>.*)|"
        r"uncaught exception '(?P<type3>\w{1,100})', reason: '(?P<message2>.*)'"
    ),
    opening=re.compile(
        r"^\s*(?:Thread \d{1,4}(?: Crashed)?(?: name)?:|Current stack trace:|Last Exception Backtrace:|Backtrace:|"
        r"Thread \d{1,4}.*crashed)"
    ),
    bridge=re.compile(r"\s*(?:Thread \d{1,4}|\)|Dispatch queue|\(\d+ more|Crashed Thread)"),
    reach=70,
    fixed_type="Fatal error",
)

GDB = TableGrammar(
    language="c_gdb",
    marks=(
        r"^\s*#\d+\s+0x[0-9a-f]+ in ",
        r"^\s*#\d+\s+.+ \(.*\) (at|from) \S",
        r"^\s*#\d+\s+\S.* \(\w+=",
        r"^\s*#\d+\s+<signal handler called>",
    ),
    frames=(
        re.compile(
            r"\s*#\d{1,5}\s+(?:0x[0-9a-f]{1,16} in )?(?P<function>[^\n(]{0,500}?(?:\([^\n()]{0,100}\)[^\n(]{0,200})?)"
            r" ?\([^\n]{0,3000}?\) at (?P<file>[^\s:]{1,500}):(?P<line>\d{1,9})"
        ),
        re.compile(
            r"\s*#\d{1,5}\s+0x[0-9a-f]{1,16} in (?P<function>[^\n]{1,500}?) (?P<file>/[^\s:]{1,500}):(?P<line>\d{1,9})"
            r"(?::\d{1,9})?\s*$"
        ),
        re.compile(r"\s*#\d{1,5}\s+0x[0-9a-f]{1,16} in (?P<function>[^\n(]{0,500})"),
        re.compile(r"\s*#\d{1,5}\s+(?P<function>[^\n(]{1,500}) \((?:\w{1,60}=|\)(?: from \S| at \S))"),
        re.compile(r"\s*#\d{1,5}\s+(?P<function><signal handler called>)"),
    ),
    error=re.compile(
        r"Program (?:terminated with|received) signal (?P<type>SIG[A-Z]{2,8}|\d{1,2}),? ?(?P<message>.*)|"
        r"AddressSanitizer: (?P<type2>[\w-]{1,60})"
    ),
    opening=re.compile(r"^\s*Thread \d{1,5} \("),
    bridge=re.compile(r"\s*(?:No locals|No symbol table|Thread \d{1,5}|[\w.$]{1,80} = |\s+\S|at |from |\[)"),
    free=12,
    reach=6,
    fixed_type="signal",
    at_least=1,
)

KERNEL = TableGrammar(
    language="linux_kernel",
    marks=(r"\[<[0-9a-f]{8,16}>\]", r"[\w.]+\+0x[0-9a-f]+/0x[0-9a-f]+"),
    frames=(
        re.compile(r".{0,120}\[<[0-9a-f]{8,16}>\] \??\s{0,4}\(?(?P<function>[\w.]{1,200})"),
        re.compile(
            r"\s*(?:\? )?(?:RIP: \S{1,20} ?)?(?P<function>[\w.]{1,200})\+0x[0-9a-f]{1,8}/0x[0-9a-f]{1,8}(?: \[[\w ]{1,60}\])?"
        ),
        re.compile(r".{0,160}? (?P<function>[\w.]{1,200})\+0x[0-9a-f]{1,8}/0x[0-9a-f]{1,8}"),
    ),
    error=re.compile(
        r"(?P<type>Kernel panic)(?: - not syncing)?: (?P<message>.*)|(?P<type2>BUG): .*|\b(?:WARNING|INFO): .*|Oops: |"
        r"general protection fault"
    ),
    opening=re.compile(r"^\s*(?:Call [Tt]race:|Backtrace:|stack backtrace:)|------\[ cut here"),
    bridge=re.compile(
        r"\s*(?:<|Call Trace|Backtrace|\[?\s*</?(?:IRQ|TASK|EOE|NMI)|r\d{1,2}:|Code:|---\[|R[A-Z0-9]{2}:|CPU|other info|"
        r"stack|lock|but task|which lock|the existing|-> #)"
    ),
    free=6,
    reach=40,
    at_least=1,
)

ORACLE = TableGrammar(
    language="oracle_plsql",
    marks=(r"ORA-\d{5}: at ",),
    frames=(re.compile(r".{0,80}?ORA-\d{5}: at (?:\"(?P<function>[^\"\n]{1,200})\", )?line (?P<line>\d{1,9})"),),
    error=re.compile(r"(?P<type>(?!ORA-06512)ORA-\d{5}): (?P<message>.*)", re.DOTALL),
    reach=4,
    at_least=1,
)

NATIVE = (APPLE, GDB, KERNEL, ORACLE)
