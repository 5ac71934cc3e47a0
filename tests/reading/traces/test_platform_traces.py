"""Traces as platforms, consoles and loggers reshape them."""

from __future__ import annotations

import json

import pytest

from bot.reading.traces import find_traces
from bot.reading.unwrap import unwrap

BOX = """╭───────────────────── Traceback (most recent call last) ──────────────────────╮
│ /srv/main.py:4 in <module>                                                   │
│                                                                              │
│ ❱ 4 main()                                                                   │
│                                                                              │
│ /srv/job.py:9 in load                                                        │
│ ❱ 9     raise ValueError("no rows")                                          │
╰──────────────────────────────────────────────────────────────────────────────╯
ValueError: no rows"""
ANDROID = "03-09 10:02:11.120  3117  3117 E AndroidRuntime: "
GO_STACK = "acme/api.(*Server).put\n\t/src/api/server.go:88\nmain.main\n\t/src/main.go:20"
PHP_RECORD = (
    '[2024-01-01 10:00:00] production.ERROR: no rows {"exception":"[object] (RuntimeException(code: 0): '
    "no rows at /srv/a.php:12)\n"
    '[stacktrace]\n#0 /srv/b.php(3): Store->get()\n#1 {main}\n"}'
)
APPLE = (
    "*** Terminating app due to uncaught exception 'NSRangeException', reason: 'index 3 beyond bounds'\n"
    "*** First throw call stack:\n(\n\t0   CoreFoundation                      0x00007fff2043 __exceptionPreprocess + 242\n"
    "\t1   libobjc.A.dylib                     0x00007fff2044 objc_exception_throw + 48\n)"
)
CASES = {
    "rich": (BOX, "python", "ValueError", "no rows", "/srv/job.py", 9),
    "faulthandler": (
        "Fatal Python error: Segmentation fault\n\nCurrent thread 0x00007f01 (most recent call first):\n"
        '  File "/srv/x.py", line 3 in f\n  File "/srv/main.py", line 9 in <module>',
        "python",
        "Fatal Python error",
        "Segmentation fault",
        "/srv/x.py",
        3,
    ),
    "function platform, log": (
        "[ERROR] KeyError: 'rows'\nTraceback (most recent call last):\n"
        '\u00a0\u00a0File "/var/task/app.py", line 12, in handler\n'
        "\u00a0\u00a0\u00a0\u00a0return event['rows']",
        "python",
        "KeyError",
        "'rows'",
        "/var/task/app.py",
        12,
    ),
    "function platform, answer": (
        json.dumps(
            {
                "errorMessage": "no",
                "errorType": "KeyError",
                "stackTrace": ['  File "/var/task/app.py", line 12, in run\n    go()\n'],
            }
        ),
        "python",
        "KeyError",
        "no",
        "/var/task/app.py",
        12,
    ),
    "console of Chrome": (
        "Uncaught TypeError: x.y is not a function\nonError @ index.js:44\n(anonymous) @ index.js:12\nPromise.then\n"
        "run @ https://a.example/app.js:9",
        "browser_js",
        "TypeError",
        "x.y is not a function",
        "index.js",
        44,
    ),
    "console of Firefox": (
        "Uncaught TypeError: x is undefined\n    load https://a.example/b.js:1\n    <anonymous> https://a.example/b.js:9",
        "browser_js",
        "TypeError",
        "x is undefined",
        "https://a.example/b.js",
        1,
    ),
    "source over the frames": (
        'error: Uncaught (in promise) TypeError: no rows\n    throw new TypeError("no rows")\n          ^\n'
        "    at load (file:///srv/a.ts:3:11)\n    at file:///srv/b.ts:9:1",
        "node",
        "TypeError",
        "no rows",
        "file:///srv/a.ts",
        3,
    ),
    "body of an answer in the message": (
        'ApiError: Status code: 404\nBody: {\n  "detail": {\n    "message": "Error: none"\n  }\n}\n'
        "    at Client.get (/srv/node_modules/acme/Client.js:31:15)\n    at main (/srv/main.mjs:4:1)",
        "node",
        "ApiError",
        'Status code: 404\nBody: {\n"detail": {\n"message": "Error: none"\n}\n}',
        "/srv/node_modules/acme/Client.js",
        31,
    ),
    "records of a Go logger": (json.dumps({"level": "error", "stacktrace": GO_STACK}), "go", None, "", "/src/api/server.go", 88),
    "record of a PHP logger": (PHP_RECORD, "php", "RuntimeException", "no rows", "/srv/a.php", 12),
    "logcat": (
        "\n".join(
            ANDROID + line
            for line in (
                "FATAL EXCEPTION: main",
                "Process: org.acme, PID: 3117",
                "java.lang.RuntimeException: no mic",
                "\tat org.acme.Mic.open(Mic.kt:31)",
                "\tat android.os.Handler.dispatch(Handler.java:106)",
            )
        ),
        "android",
        "java.lang.RuntimeException",
        "no mic",
        "Mic.kt",
        31,
    ),
    "every line a record, JavaScript": (
        "\n".join(
            "2024-03-09T10:02:11.123Z ERROR app " + line
            for line in ("Error: no rows", "    at load (/srv/a.js:3:5)", "    at main (/srv/b.js:7:1)")
        ),
        "node",
        "Error",
        "no rows",
        "/srv/a.js",
        3,
    ),
    "every line a record, Java": (
        "\n".join(
            "10:02:11.123 [main] ERROR app - " + line
            for line in ("java.io.IOException: gone", "\tat a.b.C.d(C.java:3)", "\tat a.b.E.f(E.java:4)")
        ),
        "java",
        "java.io.IOException",
        "gone",
        "C.java",
        3,
    ),
    "ASP.NET": (
        "fail: Microsoft.AspNetCore.Server.Kestrel[13]\n      An unhandled exception was thrown by the application.\n"
        "      System.InvalidOperationException: no pool\n         at Acme.Pool.Open() in /src/Pool.cs:line 12\n"
        "         at Acme.Api.Get(HttpContext context) in /src/Api.cs:line 44",
        "csharp",
        "System.InvalidOperationException",
        "no pool",
        "/src/Pool.cs",
        12,
    ),
    "Apple": (APPLE, "apple_crash", "NSRangeException", "index 3 beyond bounds", "CoreFoundation", None),
    "sanitizer": (
        "==12==ERROR: AddressSanitizer: heap-use-after-free on address 0x60\n    #0 0x4f in load /src/store.cc:12:3\n"
        "    #1 0x50 in main /src/main.cc:5:1",
        "c_gdb",
        "heap-use-after-free",
        "",
        "/src/store.cc",
        12,
    ),
    "kernel": (
        "[  110.280528] BUG: unable to handle kernel paging request\n[  110.280530] Call Trace:\n"
        "[  110.280535]  [<ffffffff81057adf>] warn_slowpath+0x7f/0xc0\n[  110.280539]  [<ffffffff81057b3a>] warn_null+0x1a/0x20",
        "linux_kernel",
        "BUG",
        "",
        None,
        None,
    ),
    "R": (
        "Error in `load()`:\n! no rows\nBacktrace:\n    ▆\n 1. ├─base::tryCatch(load())\n 2. └─global load()",
        "r",
        None,
        "",
        None,
        None,
    ),
    "PL/SQL": (
        'ORA-01403: no data found\nORA-06512: at "STORE.LOAD_PACK", line 45\nORA-06512: at line 2',
        "oracle_plsql",
        "ORA-01403",
        "no data found",
        None,
        45,
    ),
    "Crystal": (
        "Unhandled exception: Index out of bounds (IndexError)\n"
        "  from src/store.cr:12:5 in 'load'\n  from src/main.cr:3:1 in 'main'",
        "crystal",
        "IndexError",
        "Index out of bounds",
        "src/store.cr",
        12,
    ),
    "Haskell": (
        "app: no rows\nCallStack (from HasCallStack):\n  error, called at src/Store.hs:12:5 in main:Store\n"
        "  load, called at src/Main.hs:4:1 in main:Main",
        "haskell",
        "error",
        "no rows",
        "src/Store.hs",
        12,
    ),
    "Perl": (
        "no rows at Store.pm line 12.\n\tStore::load('x') called at app.pl line 4\n\tmain::run() called at app.pl line 9",
        "perl",
        "die",
        "no rows",
        "app.pl",
        4,
    ),
    "color-eyre": (
        "The application panicked (crashed).\nMessage:  no rows\nLocation: src/main.rs:38\n\n"
        "  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ BACKTRACE ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━\n"
        "   8: acme::load::h49b34744da271ed6\n      at /srv/src/store.rs:17",
        "rust",
        "panic",
        "no rows",
        "src/main.rs",
        38,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_reads_the_trace_a_platform_reshaped(case: str) -> None:
    paste, language, exception_type, message, file, line = CASES[case]
    (trace,) = find_traces(unwrap(paste))
    assert trace.innermost is not None
    assert (trace.language, trace.exception_type, trace.message) == (language, exception_type, message)
    assert (trace.innermost.file, trace.innermost.line) == (file, line)


def test_every_trace_of_a_paste_is_found_in_its_order() -> None:
    samples = [CASES[case] for case in ("rich", "ASP.NET", "console of Firefox", "Crystal")]
    traces = find_traces(unwrap("\n\nand then\n\n".join(sample[0] for sample in samples)))
    assert [trace.language for trace in traces] == [sample[1] for sample in samples]
