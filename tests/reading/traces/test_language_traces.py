"""One trace of every runtime, as it is printed and as it is pasted: each in every wrapping, and cut anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.reading.traces import find_traces
from bot.reading.types import Trace
from bot.reading.unwrap import unwrap


@dataclass(frozen=True)
class Sample:
    name: str
    text: str
    exception_type: str | None
    message: str
    file: str | None
    line: int | None
    chain: int = 1


SAMPLES = [
    Sample(
        "python",
        'Traceback (most recent call last):\n  File "/srv/main.py", line 4, in <module>\n    main()\n'
        "  File \"/srv/job.py\", line 9, in main\n    load()\nKeyError: 'rows'",
        "KeyError",
        "'rows'",
        "/srv/job.py",
        9,
    ),
    Sample(
        "java",
        'Exception in thread "main" java.lang.IllegalStateException: no pool\n\tat org.acme.db.Pool.open(Pool.java:38)\n'
        "\tat java.base/java.util.Optional.map(Optional.java:260)\n\tat org.acme.App.main(App.java:14)\n"
        "Caused by: java.net.ConnectException: refused\n\tat org.acme.db.Net.dial(Net.java:7)\n\t... 2 more",
        "java.lang.IllegalStateException",
        "no pool",
        "Pool.java",
        38,
        2,
    ),
    Sample(
        "kotlin",
        "kotlinx.coroutines.JobCancellationException: Job was cancelled\n"
        "\tat org.acme.Feed$load$1.invokeSuspend(Feed.kt:21)\n\tat _COROUTINE._BOUNDARY._(CoroutineDebugging.kt:46)",
        "kotlinx.coroutines.JobCancellationException",
        "Job was cancelled",
        "Feed.kt",
        21,
    ),
    Sample(
        "csharp",
        "Unhandled exception. System.AggregateException: One or more errors occurred. (no host)\n"
        " ---> System.Net.Http.HttpRequestException: no host (a.example:443)\n"
        "   at Acme.Net.Client.SendAsync(HttpRequestMessage request) in C:\\src\\Net\\Client.cs:line 55\n"
        "   --- End of inner exception stack trace ---\n"
        "   at Acme.Jobs.Worker.Run() in C:\\src\\Jobs\\Worker.cs:line 12\n   at Acme.Program.Main(String[] args)",
        "System.AggregateException",
        "One or more errors occurred. (no host)",
        "C:\\src\\Jobs\\Worker.cs",
        12,
        2,
    ),
    Sample(
        "unity",
        "NullReferenceException: Object reference not set to an instance of an object\n"
        "Acme.Player.Jump (System.Single force) (at Assets/Scripts/Player.cs:61)\n"
        "UnityEngine.Events.UnityEvent.Invoke () (at /build/Runtime/UnityEvent.cs:70)",
        "NullReferenceException",
        "Object reference not set to an instance of an object",
        "Assets/Scripts/Player.cs",
        61,
    ),
    Sample(
        "node",
        "/srv/app/node_modules/pg/lib/client.js:131\n    throw error\n    ^\n\nTypeError [ERR_INVALID_ARG_TYPE]: no path\n"
        "    at open (node:fs:601:10)\n    at async Store.load [as read] (/srv/my app/(group)/store.js:31:9)\n"
        "    at Object.<anonymous> (file:///srv/app/main.mjs:3:1) {\n  code: 'ERR_INVALID_ARG_TYPE',\n"
        "  [cause]: Error: gone\n      at probe (/srv/app/probe.js:5:7)\n}\n\nNode.js v22.8.0",
        "TypeError",
        "no path",
        "node:fs",
        601,
        2,
    ),
    Sample(
        "browser_js",
        "Uncaught RangeError: too deep\n    at draw (https://a.example/static/main.js:2:4410)\n"
        "    at https://a.example/static/main.js:1:99",
        "RangeError",
        "too deep",
        "https://a.example/static/main.js",
        2,
    ),
    Sample(
        "browser_js",
        "draw@https://a.example/static/main.js:2:4410\npromiseReactionJob@[native code]\n@https://a.example/static/main.js:1:99",
        None,
        "",
        "https://a.example/static/main.js",
        2,
    ),
    Sample(
        "go",
        "panic: assignment to entry in nil map [recovered]\n\tpanic: again\n\ngoroutine 7 [running, 3 minutes]:\n"
        "acme.dev/api.(*Server).put(0xc000012018, {0x1, 0x2})\n\t/src/api/server.go:88 +0x1d5\n"
        "main.main()\n\t/src/main.go:20 +0x2b\n"
        "created by main.run in goroutine 1\n\t/src/main.go:11 +0x56",
        "panic",
        "assignment to entry in nil map [recovered]\npanic: again",
        "/src/api/server.go",
        88,
    ),
    Sample(
        "rust",
        "thread 'main' panicked at src/pool.rs:19:9:\nno permits left\nstack backtrace:\n   0: rust_begin_unwind\n"
        "             at /rustc/abc/library/std/src/panicking.rs:647:5\n   1: acme::pool::take\n"
        "             at ./src/pool.rs:19:9",
        "panic",
        "no permits left",
        "src/pool.rs",
        19,
    ),
    Sample(
        "rust",
        "thread 'worker' panicked at 'called `Option::unwrap()` on a `None` value', src/job.rs:4:33\n"
        "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
        "panic",
        "called `Option::unwrap()` on a `None` value",
        "src/job.rs",
        4,
    ),
    Sample(
        "ruby",
        "/srv/lib/store.rb:14:in `fetch': key not found: :rows (KeyError)\n\tfrom /srv/lib/store.rb:9:in `block in load'\n"
        "\tfrom bin/run:3:in `<main>'",
        "KeyError",
        "key not found: :rows",
        "/srv/lib/store.rb",
        14,
    ),
    Sample(
        "ruby",
        "ActiveRecord::RecordNotFound (no such row):\n\napp/models/row.rb:7:in 'Row.find!'\n"
        "app/controllers/rows.rb:22:in 'RowsController#show'",
        "ActiveRecord::RecordNotFound",
        "no such row",
        "app/models/row.rb",
        7,
    ),
    Sample(
        "php",
        "PHP Fatal error:  Uncaught PDOException: no server in /srv/src/Db.php:31\nStack trace:\n"
        "#0 /srv/src/App.php(12): Db->open('x')\n"
        "#1 {main}\n\nNext RuntimeException: no storage in /srv/src/Store.php:52\nStack trace:\n"
        "#0 /srv/src/App.php(12): Store->get()\n"
        "#1 {main}\n  thrown in /srv/src/Store.php on line 52",
        "RuntimeException",
        "no storage",
        "/srv/src/Store.php",
        52,
        2,
    ),
    Sample(
        "dart",
        "Unhandled exception:\nFormatException: bad date\n#0      parse (package:acme/dates.dart:40:5)\n"
        "<asynchronous suspension>\n"
        "#1      main (file:///srv/bin/main.dart:8:3)",
        "FormatException",
        "bad date",
        "package:acme/dates.dart",
        40,
    ),
    Sample(
        "elixir",
        "** (KeyError) key :rows not found in: %{a: 1}\n    (acme 1.2.0) lib/acme/store.ex:31: Acme.Store.load/1\n"
        "    (stdlib 5.2) gen_server.erl:1143: :gen_server.try_call/4",
        "KeyError",
        "key :rows not found in: %{a: 1}",
        "lib/acme/store.ex",
        31,
    ),
    Sample(
        "ocaml",
        'Fatal error: exception Store.Missing("rows")\nRaised at Store.load in file "store.ml", line 18, characters 4-30\n'
        'Called from Main in file "main.ml", line 6, characters 2-19',
        "Store.Missing",
        '("rows")',
        "store.ml",
        18,
    ),
    Sample(
        "nim",
        "Traceback (most recent call last)\n/src/main.nim(9)         main\n/src/store.nim(21)       load\n"
        "Error: unhandled exception: no rows [KeyError]",
        "KeyError",
        "no rows",
        "/src/store.nim",
        21,
    ),
    Sample(
        "julia",
        "ERROR: BoundsError: attempt to access 3-element Vector\nStacktrace:\n [1] load(x::Int64)\n   @ Store ./store.jl:12\n"
        " [2] top-level scope\n   @ REPL[2]:1",
        "BoundsError",
        "attempt to access 3-element Vector",
        "./store.jl",
        12,
    ),
    Sample(
        "zig",
        "thread 4117 panic: index out of bounds: index 3, len 3\n/src/store.zig:12:14: 0x1033f1a in load (store)\n"
        "    return rows[i];\n"
        "             ^\n/src/main.zig:5:13: 0x1033e80 in main (store)",
        "panic",
        "index out of bounds: index 3, len 3",
        "/src/store.zig",
        12,
    ),
    Sample(
        "lua",
        "lua: store.lua:12: attempt to index a nil value\n"
        "stack traceback:\n\tstore.lua:12: in function 'load'\n\tmain.lua:3: in main chunk\n\t[C]: in ?",
        "error",
        "attempt to index a nil value",
        "store.lua",
        12,
    ),
    Sample(
        "powershell",
        "acme : The term 'acme' is not recognized as the name of a cmdlet.\nAt C:\\run.ps1:3 char:1\n+ acme --version\n+ ~~~~\n"
        "    + CategoryInfo          : ObjectNotFound: (acme:String) [], CommandNotFoundException\n"
        "    + FullyQualifiedErrorId : CommandNotFoundException",
        "CommandNotFoundException",
        "The term 'acme' is not recognized as the name of a cmdlet.",
        "C:\\run.ps1",
        3,
    ),
    Sample(
        "c_gdb",
        "Program received signal SIGSEGV, Segmentation fault.\n#0  0x00005555555551a9 in load (rows=0x0) at store.c:12\n"
        "#1  0x00005555555551f2 in main () at main.c:5",
        "SIGSEGV",
        "Segmentation fault.",
        "store.c",
        12,
    ),
]
IDS = [f"{index}-{sample.name}" for index, sample in enumerate(SAMPLES)]


def lines_with(prefix: str) -> Callable[[str], str]:
    return lambda text: "\n".join(prefix + line for line in text.split("\n"))


WRAPPINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "prose": lambda text: "hey, since the update I get\n\n" + text + "\n\nany idea?",
    "fence": lambda text: "```js\n" + text + "\n```",
    "quote": lines_with("> "),
    "compose": lines_with("worker-1  | "),
    "container": lines_with("2024-03-09T10:02:11.123456789Z stderr F "),
    "stack of prefixes": lines_with("> [1] web | "),
    "colours": lambda text: "\n".join(f"\x1b[31m{line}\x1b[0m" for line in text.split("\n")),
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "no-break spaces": lambda text: text.replace("  ", "\u00a0 ").replace("\n", "\u200b\n"),
    "no indentation": lambda text: "\n".join(line.strip() for line in text.split("\n")),
    "record": lambda text: json.dumps({"level": "error", "message": text}),
    "record twice": lambda text: json.dumps({"log": json.dumps({"stack": text})}),
    "cut record": lambda text: json.dumps({"level": "error", "stack": text + "\n"})[:-2],
    "record after prefix": lambda text: "api  | 10:02:11 " + json.dumps({"error": {"stack": text}}),
    "logged": lambda text: "2024-05-14 09:12:33,120 ERROR [main] app.server - Unhandled error\n" + text,
}


def read(paste: str) -> tuple[Trace, ...]:
    return find_traces(unwrap(paste))


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_reads_the_trace_as_printed(sample: Sample) -> None:
    (trace,) = read(sample.text)
    innermost = trace.innermost
    assert innermost is not None
    assert (trace.language, trace.exception_type, trace.message) == (sample.name, sample.exception_type, sample.message)
    assert (innermost.file, innermost.line) == (sample.file, sample.line)
    assert len(trace.chain) == (sample.chain if sample.exception_type else 0)
    assert 1 <= trace.start_line <= innermost.number <= trace.end_line <= sample.text.count("\n") + 1


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_reads_the_trace_in_every_wrapping(sample: Sample, wrapping: str) -> None:
    traces = read(WRAPPINGS[wrapping](sample.text))
    assert [trace.exception_type for trace in traces] == [sample.exception_type]
    innermost = traces[0].innermost
    assert innermost is not None
    assert (innermost.file, innermost.line) == (sample.file, sample.line)


@pytest.mark.parametrize("sample", SAMPLES, ids=IDS)
def test_reads_two_frames_without_the_head(sample: Sample) -> None:
    lines = sample.text.split("\n")
    (whole,) = read(sample.text)
    first = whole.frames[0].number - 1
    if len(whole.frames) < 2 or first == 0:
        assert whole.frames
        return
    if sample.name in ("rust", "julia") and first > 1:
        first -= 1
    assert [trace.language for trace in read("\n".join(lines[first:]))][:1] == [sample.name]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(SAMPLES),
    st.sampled_from(sorted(WRAPPINGS)),
    st.integers(0, 400),
    st.integers(0, 400),
    st.text(alphabet=st.sampled_from('\n\r\\"{}[]()<>|:@#`\x1b\u200b\ud800 at0x'), max_size=12),
)
def test_never_raises_on_a_mangled_trace(sample: Sample, wrapping: str, start: int, length: int, junk: str) -> None:
    text = WRAPPINGS[wrapping](sample.text)
    mangled = text[:start] + junk + text[start + length // 8 :]
    for trace in read(mangled):
        assert 1 <= trace.start_line <= trace.end_line <= mangled.count("\n") + 1


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(sorted({line for sample in SAMPLES for line in sample.text.split("\n")})), max_size=40))
def test_never_raises_on_lines_of_many_languages_mixed(lines: list[str]) -> None:
    spans = [(trace.start_line, trace.end_line) for trace in read("\n".join(lines))]
    assert spans == sorted(spans)
    assert all(first[1] < second[0] for first, second in pairwise(spans))
