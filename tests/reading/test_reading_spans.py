"""How long a connection was open, how long it was silent, how soon a retry failed: in the log of any logger."""

from __future__ import annotations

import pytest

from bot.reading.logs import find_records
from bot.reading.timeline import Gap, find_events, open_spans, retry_failures, silences_before_close
from bot.reading.types import Event
from bot.reading.unwrap import unwrap


def events(text: str) -> tuple[Event, ...]:
    lines = unwrap(text)
    return find_events(lines, find_records(lines))


def measured(pairs: tuple[Gap, ...]) -> list[tuple[float, int, int]]:
    return [(round(pair.seconds, 3), pair.start.number, pair.end.number) for pair in pairs]


LOGGERS = [
    ("logging common", "2026-03-01 10:00:{s},000 - app.ws - INFO - {m}"),
    ("logging bracket", "[2026-03-01 10:00:{s},000] INFO in app: {m}"),
    ("loguru", "2026-03-01 10:00:{s}.000 | INFO     | app.ws:run:42 - {m}"),
    ("structlog", "2026-03-01T10:00:{s}.000000Z [info     ] {m} [app.ws] attempt=1"),
    ("structlog2", "2026-03-01 10:00:{s} [info     ] {m}"),
    ("uvicorn", "2026-03-01 10:00:{s},000 INFO:     {m}"),
    ("json python", '{{"asctime": "2026-03-01 10:00:{s},000", "levelname": "INFO", "name": "app", "message": "{m}"}}'),
    ("pino", '{{"level":30,"time":17723592{s}000,"pid":1,"hostname":"h","msg":"{m}"}}'),
    ("pino-pretty", "[10:00:{s}.000] INFO (1234): {m}"),
    ("winston", '{{"level":"info","message":"{m}","timestamp":"2026-03-01T10:00:{s}.000Z"}}'),
    ("winston text", "2026-03-01T10:00:{s}.000Z [info]: {m}"),
    ("bunyan", '{{"name":"app","hostname":"h","pid":1,"level":30,"msg":"{m}","time":"2026-03-01T10:00:{s}.000Z","v":0}}'),
    ("logfmt", 'time=2026-03-01T10:00:{s}.000Z level=info msg="{m}"'),
    ("logback", "10:00:{s}.000 [main] INFO  c.a.Ws - {m}"),
    ("spring", "2026-03-01T10:00:{s}.000Z  INFO 1 --- [nio-8080-exec-1] c.a.Ws                   : {m}"),
    ("slog text", 'time=2026-03-01T10:00:{s}.000Z level=INFO msg="{m}" id=1'),
    ("slog json", '{{"time":"2026-03-01T10:00:{s}.000Z","level":"INFO","msg":"{m}"}}'),
    ("slog default", "2026/03/01 10:00:{s} INFO {m}"),
    ("zap json", '{{"level":"info","ts":17723592{s}.0,"caller":"app/ws.go:12","msg":"{m}"}}'),
    ("zap console", "2026-03-01T10:00:{s}.000Z\tinfo\tapp/ws.go:12\t{m}"),
    ("klog", "I0301 10:00:{s}.000000       1 ws.go:12] {m}"),
    ("docker compose", "api-1  | 2026-03-01 10:00:{s},000 INFO app: {m}"),
    ("k8s", "2026-03-01T10:00:{s}.000000000Z stdout F {m}"),
    ("syslog", "Mar  1 10:00:{s} host app[12]: {m}"),
    ("journald iso", "2026-03-01T10:00:{s}+0000 host app[12]: {m}"),
    ("serilog", "[10:00:{s} INF] {m}"),
    ("nlog", "2026-03-01 10:00:{s}.0000|INFO|App.Ws|{m}"),
    ("android", "03-01 10:00:{s}.000  1234  1234 I AppWs   : {m}"),
    ("us local", "3/1/2026, 10:00:{s} AM {m}"),
    ("german", "01.03.2026 10:00:{s} {m}"),
    ("epoch s", "17723592{s}.000 INFO {m}"),
    ("epoch ms", "17723592{s}000 INFO {m}"),
    ("apache", "[Sun Mar 01 10:00:{s}.000 2026] [info] {m}"),
    ("nginx", "2026/03/01 10:00:{s} [info] 12#12: {m}"),
    ("clf", "[01/Mar/2026:10:00:{s} +0000] {m}"),
    ("env_logger", "[2026-03-01T10:00:{s}Z INFO  app::ws] {m}"),
    ("tracing", "2026-03-01T10:00:{s}.000000Z  INFO app::ws: {m}"),
    ("gcp", '{{"severity":"INFO","timestamp":"2026-03-01T10:00:{s}.000Z","jsonPayload":{{"message":"{m}"}}}}'),
    ("ecs", '{{"@timestamp":"2026-03-01T10:00:{s}.000Z","log.level":"INFO","message":"{m}"}}'),
    ("heroku", "2026-03-01T10:00:{s}.000000+00:00 app[web.1]: {m}"),
    ("serverless", "2026-03-01T10:00:{s}.000Z\t8f5d-aa\tINFO\t{m}"),
    ("rails", "I, [2026-03-01T10:00:{s}.000000 #12]  INFO -- : {m}"),
    ("monolog", "[2026-03-01T10:00:{s}.000000+00:00] app.INFO: {m} [] []"),
    ("elixir", "10:00:{s}.000 [info] {m}"),
    ("dart", "[2026-03-01 10:00:{s}.000] {m}"),
]


@pytest.mark.parametrize("form", [row[1] for row in LOGGERS], ids=[row[0] for row in LOGGERS])
def test_a_connection_s_life_is_measured_in_the_log_of_any_logger(form: str) -> None:
    said = (("01", "websocket connected"), ("02", "sending text"), ("22", "connection closed: 1008"))
    found = events("\n".join(form.format(s=second, m=message) for second, message in said))
    assert measured(open_spans(found)) == [(21.0, 1, 3)]
    assert measured(silences_before_close(found)) == [(20.0, 2, 3)]


def test_midnight_zones_and_order_do_not_matter() -> None:
    across = events("23:59:50.000 websocket connected\n23:59:55.000 keepalive sent\n00:00:15.000 websocket closed")
    assert measured(open_spans(across)) == [(25.0, 1, 3)]
    assert measured(silences_before_close(across)) == [(20.0, 2, 3)]
    zones = events("2026-03-01T12:00:00+02:00 websocket connected\n2026-03-01T05:00:20.5-05:00 websocket closed: 1008")
    assert measured(open_spans(zones)) == [(20.5, 1, 2)]
    shuffled = events(
        "2026-03-01 10:00:22 websocket closed: 1008\n2026-03-01 10:00:01 websocket connected\n2026-03-01 10:00:02 sending text"
    )
    assert measured(open_spans(shuffled)) == [(21.0, 2, 1)]
    assert measured(silences_before_close(shuffled)) == [(20.0, 3, 1)]


RETRIES = [
    ("due later", "10:00:00 closed: 1008 by the socket, retrying in 2.0s\n10:00:02.9 connection closed: 1008", [(0.9, 1, 2)]),
    ("an error first", "10:00:00 retrying in 1s\n10:00:01.5 connect failed\n10:00:09 connection closed", [(0.5, 1, 2)]),
    ("no delay said", "10:00:00 reconnecting (attempt 1)\n10:00:00.4 connection closed: 1008", [(0.4, 1, 2)]),
    ("two retries", "10:00:00 retrying in 1s\n10:00:01.2 connection lost\n10:00:02 retrying in 2s\n10:00:04.3 connection lost",
     [(0.2, 1, 2), (0.3, 3, 4)]),
    ("it worked", "10:00:00 retrying in 1s\n10:00:01.2 websocket connected", []),
    ("no time", "retrying in 1s\nconnection lost", []),
]  # fmt: skip


@pytest.mark.parametrize(("text", "failures"), [row[1:] for row in RETRIES], ids=[row[0] for row in RETRIES])
def test_a_retry_s_failure_is_measured_from_when_it_was_due(text: str, failures: list[tuple[float, int, int]]) -> None:
    assert measured(retry_failures(events(text))) == failures


def test_without_a_close_nothing_is_measured() -> None:
    assert open_spans(events("10:00:00 websocket connected\n10:00:05 sending text")) == ()
    assert silences_before_close(()) == ()
