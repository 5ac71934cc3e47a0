"""What is no trace, however much it looks like one; and time that grows with the paste, never faster."""

from __future__ import annotations

import pytest
from growth import grows_faster_than_linear

from bot.reading.traces import find_traces
from bot.reading.unwrap import unwrap


@pytest.mark.parametrize(
    "paste",
    [
        "error[E0308]: mismatched types\n  --> src/store.rs:12:5\n   |\n12 |     rows\n   |     ^^^^ expected u8",
        "see store.py:12 and main.go:88",
        "main.go:88: undefined: rows",
        "store.c:12:5: error: expected ';' before '}' token",
        "src/app.ts:3:10 - error TS2304: Cannot find name 'rows'.",
        "src/store.py:12: error: Incompatible return value type",
        "from acme.errors import ValueError, KeyError\nclass StoreError(Exception):\n    pass",
        "try:\n    load()\nexcept KeyError as error:\n    raise StoreError from error",
        "goroutine 5 started",
        "thread 'main' started",
        "why do I get a ConnectionClosedError: received 1008 (policy violation)?",
        "ValueError: no rows",
        "TypeError: fetch failed",
        "Traceback (most recent call last): what does that line mean?",
        "meet me at Cafe.Central(tonight) or look at it at home",
        "--- a/store.py\n+++ b/store.py\n@@ -1,3 +1,3 @@\n-    raise KeyError\n+    return None",
        "Package    Version\n---------- -------\nhttpx      0.27.0\nwebsockets 12.0",
        "#1 open the settings\n#2 click save (twice)\n#3 done",
        "1. foo\n2. bar\n3. baz\n4. qux",
        "mail bob@acme.example:25 or ana@acme.example:587",
        'INFO:     127.0.0.1:43056 - "GET /rows HTTP/1.1" 200 OK',
        '{"level": "info", "msg": "listening at http://0.0.0.0:8080"}',
        "tests/test_store.py ....                                  [100%]\n4 passed in 0.12s",
        "2024-03-09 10:02:11 ERROR failed at startup: bad key\n2024-03-09 10:02:12 ERROR failed at startup: bad key",
        "| frame | place |\n| --- | --- |\n| load | store.py |",
        "",
        "\n\n\n",
    ],
)
def test_stays_silent(paste: str) -> None:
    assert find_traces(unwrap(paste)) == ()


@pytest.mark.parametrize(
    "piece",
    [
        "at ",
        "at \n",
        "at a.b(\n",
        "{",
        '{"m": "\\n at x(a.js:1:2)',
        'File "',
        'File "a.py", line 3 ',
        '  File "a.py", line 3, in f\n    f()\n',
        "    at f (a.js:1:2)\n",
        "\tat a.B.c(B.java:3)\n",
        "main.f(0x1)\n\t/a/b.go:12 +0x1\n",
        "panic: x\n",
        "goroutine 1 [running]:\n",
        "Traceback (most recent call last):\n",
        "thread 'x' panicked at 'foo\n",
        " ---> A.B: c\n",
        "Caused by: a.b.C: x\n",
        "EXCEPTION CAUGHT BY X\n",
        "Cell In[1], line 2\n",
        "E   foo\n",
        "a@b@c@d:1\n",
        "A:B()\n",
        "#0 a.php(3): f()\n",
        "2024-03-09 10:02:11 ERROR at a.b(\n",
        "> > > > a\n",
        "\x1b[",
        "`",
        "((((",
        "a.",
    ],
)
def test_time_grows_with_the_size_of_the_paste(piece: str) -> None:
    assert not grows_faster_than_linear(lambda size: find_traces(unwrap(piece * (size // len(piece)))), 24 << 10, 192 << 10)
