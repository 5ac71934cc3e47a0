"""The command line: stable output, and a clear message with an exit code for whatever is wrong, never a traceback."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import pytest

from bot.cli import main
from bot.engine import Engine

ROOT = Path(__file__).parent.parent
PARCEL = ROOT / "tests/corpora/parcel"
TRACE = (
    'Traceback (most recent call last):\n  File "/srv/app/labels.py", line 12, in print_label\n'
    '    client.labels.create(weight=40)\nparcelo.ApiError: 422 {"fault": "weight_exceeded"}\n'
)
VAGUE = "our tracking socket closed, what is the reason?"
FIELDS = [
    "id", "verdict", "causes", "ruled_out", "questions", "points", "sources", "traces", "changes", "repeat", "secrets_redacted",
    "markdown", "timing_ms",
]  # fmt: skip


class Result(NamedTuple):
    """What a command left behind."""

    code: int
    out: str
    err: str


Cli = Callable[..., Result]


@pytest.fixture
def environment(cache_dir: Path, parcel_engine: Engine) -> dict[str, str]:
    """The environment of a command that serves the tiny corpus, all its texts embedded before."""
    return {"KNOWLEDGE_DIR": str(PARCEL), "CACHE_DIR": str(cache_dir), "LOG_LEVEL": "ERROR", "SOURCE_MAX_AGE_DAYS": "36500"}


@pytest.fixture
def cli(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Cli:
    """Runs a command in this process: `cli(*arguments, stdin=bytes, SETTING=value)`."""

    def run(*arguments: str | Path, stdin: bytes = b"", **settings: str) -> Result:
        for name, value in (environment | settings).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        code = main([str(argument) for argument in arguments])
        return Result(code, *capsys.readouterr())

    return run


def write(path: Path, *lines: object) -> Path:
    """A file of JSON lines; a text is written as it is."""
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines), encoding="utf-8")
    return path


def parsed(result: Result) -> list[dict[str, Any]]:
    assert (result.code, result.err) == (0, "")
    return [json.loads(line) for line in result.out.splitlines()]


# --- diagnose


def test_a_message_is_answered_as_text_for_the_terminal(cli: Cli) -> None:
    result = cli("diagnose", stdin=TRACE.encode())
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith("The parcel is heavier than one parcel may be\n")
    assert "https://docs.parcelo.example/weights" in result.out
    assert "**" not in result.out


def test_a_message_may_come_from_a_file(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "paste.txt"
    path.write_text(TRACE, encoding="utf-8")
    assert cli("diagnose", path).out == cli("diagnose", "-", stdin=TRACE.encode()).out


def test_a_message_is_answered_as_markdown(cli: Cli) -> None:
    result = cli("diagnose", "--format", "markdown", stdin=VAGUE.encode())
    assert result.code == 0
    assert result.out.startswith("**The tracking socket was closed, and nothing says why")
    assert "**Sources:**" in result.out


def test_a_message_is_answered_as_json(cli: Cli) -> None:
    answer = json.loads(cli("diagnose", "--format", "json", stdin=TRACE.encode()).out)
    assert list(answer) == FIELDS
    assert (answer["id"], answer["verdict"], answer["causes"][0]["id"]) == (None, "diagnosis", "weight-exceeded")
    assert answer["traces"][0]["innermost"] == {"file": "/srv/app/labels.py", "line": 12, "function": "print_label"}


def test_explain_shows_every_vote_and_the_rest_classes(cli: Cli) -> None:
    result = cli("diagnose", "--explain", stdin=TRACE.encode())
    assert "verdict diagnosis" in result.out
    assert "weight-exceeded (certain)" in result.out
    assert "rule, certain" in result.out
    assert "cannot be decided" in result.out
    assert "about something else" in result.out


@pytest.mark.parametrize(
    ("text", "verdict"),
    [(TRACE, "diagnosis"), (VAGUE, "overview"), ("how heavy can one parcel be?", "answer"), ("hello everybody", "abstain")],
)
def test_each_verdict_has_all_fields(cli: Cli, text: str, verdict: str) -> None:
    answer = json.loads(cli("diagnose", "--format", "json", stdin=text.encode()).out)
    assert (list(answer), answer["verdict"]) == (FIELDS, verdict)


def test_an_abstention_has_no_causes_and_says_so_honestly(cli: Cli) -> None:
    answer = json.loads(cli("diagnose", "--format", "json", stdin=b"KeyError: 1").out)
    assert (answer["causes"], answer["points"]) == ([], [])
    assert "Not in my knowledge" in answer["markdown"][0]


def test_a_batch_gives_one_answer_a_line_in_the_same_order(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "cases.jsonl", {"id": "b", "text": TRACE}, "", {"id": 7, "text": VAGUE}, {"id": "a", "text": ""})
    answers = parsed(cli("diagnose", "--batch", path))
    assert [(answer["id"], answer["verdict"]) for answer in answers] == [("b", "diagnosis"), (7, "overview"), ("a", "abstain")]
    assert all(list(answer) == FIELDS for answer in answers)


def test_lines_of_one_thread_are_one_conversation_and_others_are_not(cli: Cli, tmp_path: Path) -> None:
    cases = [
        {"id": n, "text": TRACE, "thread": thread} for n, thread in enumerate(["a", "b", "a", None, None, ["x"], ["x"], 1, "1"])
    ]
    answers = parsed(cli("diagnose", "--batch", write(tmp_path / "cases.jsonl", *cases)))
    assert [answer["repeat"] for answer in answers] == [False, False, True, False, False, False, True, False, False]


def test_a_batch_may_begin_with_a_byte_order_mark_and_hold_what_cannot_be_printed(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(b'\xef\xbb\xbf{"id": "\\ud800", "text": "\\ud800 \\u0000"}\r\n')
    assert [answer["verdict"] for answer in parsed(cli("diagnose", "--batch", path))] == ["abstain"]


# --- traces


def test_traces_are_printed_without_a_conclusion(cli: Cli) -> None:
    result = cli("traces", stdin=b"hello\n" + TRACE.encode())
    (trace,) = json.loads(result.out)["traces"]
    assert (trace["language"], trace["exception_type"], trace["frames"]) == ("python", "parcelo.ApiError", 1)
    assert (trace["start_line"], trace["end_line"], trace["truncated"]) == (2, 5, False)


def test_traces_of_a_batch_come_in_the_same_order(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "cases.jsonl", {"id": "b", "text": TRACE}, {"id": "a", "text": "nothing"})
    answers = parsed(cli("traces", "--batch", path))
    assert [(answer["id"], len(answer["traces"])) for answer in answers] == [("b", 1), ("a", 0)]
    assert all(list(answer) == ["id", "traces"] for answer in answers)


# --- corpus


def test_a_sound_corpus_passes_its_check(cli: Cli) -> None:
    result = cli("corpus", "check")
    assert result.code == 0
    assert result.out.startswith("No problems: 2 causes, 2 symptoms, ")


def test_a_check_prints_every_problem_as_path_line_code_message(cli: Cli, parcel: Path) -> None:
    for path, old, new in (
        ("causes/delivery/weight-exceeded.yaml", "area: delivery", "area: delivery\ncolour: red"),
        ("points/core.yaml", "source: weights", "source: nowhere"),
    ):
        (parcel / path).write_text((parcel / path).read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    result = cli("corpus", "check", parcel)
    lines = result.out.splitlines()
    assert result.code == 1
    assert "causes/delivery/weight-exceeded.yaml:4: unknown-key: " in result.out
    assert "points/core.yaml:1: unknown-source: " in result.out
    assert lines[-1] == f"{len(lines) - 1} problems"


def test_a_check_runs_the_corpus_s_own_tests(cli: Cli, parcel: Path) -> None:
    with (parcel / "quiet/chatter.yaml").open("a", encoding="utf-8") as file:
        file.write("- closed 4001 no heartbeat for 60 s\n")
    result = cli("corpus", "check", parcel)
    assert (result.code, result.out.split(": ")[0:2]) == (1, ["quiet/chatter.yaml:4", "quiet-match"])


def test_a_check_of_a_missing_folder_fails(cli: Cli, tmp_path: Path) -> None:
    result = cli("corpus", "check", tmp_path / "none")
    assert result.code == 1
    assert "no-corpus" in result.out


def test_stats_count_the_parts(cli: Cli) -> None:
    result = cli("corpus", "stats")
    assert result.code == 0
    counted = {words: int(count) for count, words in (line.split(maxsplit=1) for line in result.out.splitlines()[1:])}
    assert (counted["causes"], counted["symptoms"], counted["points"], counted["sources"]) == (2, 2, 3, 2)
    assert counted["causes in delivery"] == 2


def test_a_search_finds_points_causes_and_tracebacks_with_their_scores(cli: Cli) -> None:
    result = cli("corpus", "search", "heavy", "parcel", "--limit", "3")
    lines = result.out.splitlines()
    assert (result.code, len(lines)) == (0, 3)
    assert "cos " in lines[0]
    assert "bm25 " in lines[0]
    assert "weight" in lines[0]


# --- eval

CASES = (
    {"id": "f1", "text": TRACE, "gold": ["weight-exceeded"]},
    {"id": "f2", "text": "closed 4001 no heartbeat for 60 s, order 7", "gold": ["weight-exceeded"]},
    {"id": "f3", "text": "hello everybody", "gold": ["none"]},
    {"id": "q1", "text": "how heavy is a parcel?", "answerable": True, "must": [["31[.]5"]], "urls": ["parcelo.example/weights"]},
)  # fmt: skip


def test_an_evaluation_prints_metrics_causes_and_confusions(cli: Cli, tmp_path: Path) -> None:
    result = cli("eval", write(tmp_path / "cases.jsonl", *CASES))
    assert result.code == 0
    assert "decidable   n=2 top1=0.500" in result.out
    assert "weight-exceeded → live-idle-close: f2" in result.out
    assert "questions" in result.out


def test_an_evaluation_is_written_as_json(cli: Cli, tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    assert cli("eval", write(tmp_path / "cases.jsonl", *CASES), "--json", report).code == 0
    written = json.loads(report.read_text(encoding="utf-8"))
    assert [row["id"] for row in written["rows"]] == ["f1", "f2", "f3"]
    assert written["failures"]["decidable"]["top1"] == 0.5
    assert written["failures"]["none"]["false_answers"] == 0.0


# --- what is wrong with the input


INPUTS = [
    ("an empty message", b"", "standard input: nothing to read"),
    ("only whitespace", b" \n\t\r\n ", "standard input: nothing to read"),
    ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "a PNG picture"),
    ("bytes that are no text", bytes(range(32)) * 40, "no text"),
    ("a damaged archive", b"\x1f\x8b\x08\x00broken", "a damaged gzip file"),
]


@pytest.mark.parametrize("command", ["diagnose", "traces"])
@pytest.mark.parametrize(("data", "says"), [row[1:] for row in INPUTS], ids=[row[0] for row in INPUTS])
def test_an_input_without_text_is_refused_in_words(cli: Cli, command: str, data: bytes, says: str) -> None:
    result = cli(command, stdin=data)
    assert (result.code, result.out) == (2, "")
    assert says in result.err
    assert "Traceback" not in result.err


def test_a_file_without_text_is_named(cli: Cli, tmp_path: Path) -> None:
    empty, picture = tmp_path / "empty.log", tmp_path / "shot.log"
    empty.write_bytes(b"")
    picture.write_bytes(INPUTS[2][1])
    assert cli("diagnose", empty).err == f"{empty}: nothing to read; paste the error, the log lines around it, or a question\n"
    assert "`shot.log` is a PNG picture" in cli("diagnose", picture).err


@pytest.mark.parametrize("command", [("diagnose",), ("diagnose", "--batch"), ("traces",), ("traces", "--batch"), ("eval",)])
@pytest.mark.parametrize("name", ["none.txt", "."])
def test_a_file_that_cannot_be_read_is_named(cli: Cli, tmp_path: Path, command: tuple[str, ...], name: str) -> None:
    path = tmp_path / name
    result = cli(*command, path)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith(f"{path}: ")
    assert len(result.err.splitlines()) == 1


def test_text_that_is_not_utf8_is_read_all_the_same(cli: Cli) -> None:
    result = cli("diagnose", "--format", "json", stdin=b"caf\xe9 \xff\xfe: " + TRACE.encode())
    assert result.code == 0
    assert json.loads(result.out)["causes"][0]["id"] == "weight-exceeded"


def test_five_megabytes_are_answered(cli: Cli) -> None:
    noise = b"2026-01-01 10:00:00,000 - app - INFO - printed one label\n" * 90_000
    result = cli("diagnose", "--format", "json", stdin=noise + TRACE.encode())
    answer = json.loads(result.out)
    assert (result.code, answer["verdict"], answer["causes"][0]["id"]) == (0, "diagnosis", "weight-exceeded")
    assert all(len(message) < 2000 for message in answer["markdown"])


BATCH = [
    ("no JSON", "{", "not JSON"),
    ("brackets without end", "[" * 100_000, "not JSON"),
    ("a number without end", '{"id": ' + "1" * 10_000 + "}", "not JSON"),
    ("no object", "[1]", "an object"),
    ("no text", '{"id": "a"}', "an object"),
    ("no id", '{"text": "a"}', "an object"),
    ("a text that is none", '{"id": "a", "text": 1}', "an object"),
    ("broken bytes", "\udcff\udcfe", "not JSON"),
]


@pytest.mark.parametrize("command", ["diagnose", "traces"])
@pytest.mark.parametrize(("line", "says"), [row[1:] for row in BATCH], ids=[row[0] for row in BATCH])
def test_a_bad_line_of_a_batch_is_named(cli: Cli, tmp_path: Path, command: str, line: str, says: str) -> None:
    path = tmp_path / "cases.jsonl"
    path.write_bytes(f'{{"id": "a", "text": "x"}}\n\n{line}\n'.encode("utf-8", "surrogateescape"))
    result = cli(command, "--batch", path)
    assert result.code == 2
    assert result.err.startswith(f"{path}:3: ")
    assert says in result.err
    assert "Traceback" not in result.err


def test_an_evaluation_refuses_cases_without_labels_and_names_each_line(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path / "cases.jsonl", {"id": "a", "text": "x"}, CASES[0], {"id": "b", "text": ""})
    result = cli("eval", path)
    assert (result.code, result.out) == (2, "")
    assert [line.partition(": ")[0] for line in result.err.splitlines()] == [f"{path}:1", f"{path}:3"]


def test_a_report_that_cannot_be_written_is_named(cli: Cli, tmp_path: Path) -> None:
    report = tmp_path / "no/such/folder/report.json"
    result = cli("eval", write(tmp_path / "cases.jsonl", *CASES), "--json", report)
    assert result.code == 2
    assert result.err.startswith(f"{report}: cannot be written")


# --- what is wrong with the settings and the corpus


SETTINGS = [
    ("KNOWLEDGE_DIR", "/no/such/folder"),
    ("EMBEDDING_MODEL", "/no/such/model"),
    ("EMBEDDING_MODEL", "a model that nobody made"),
    ("LOG_LEVEL", "LOUD"),
    ("ANALYSIS_LIMIT", "many"),
    ("ANALYSIS_LIMIT", "1"),
    ("SUPPORT_CHANNELS", "general"),
    ("DISCORD_API_BASE", "discord.com"),
]


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_a_setting_that_cannot_be_used_is_named(cli: Cli, name: str, value: str) -> None:
    result = cli("diagnose", stdin=VAGUE.encode(), **{name: value})
    assert (result.code, result.out) == (2, "")
    assert name in result.err
    assert "Traceback" not in result.err


def test_all_wrong_settings_are_named_at_once(cli: Cli) -> None:
    result = cli("corpus", "stats", LOG_LEVEL="LOUD", ANALYSIS_LIMIT="many")
    assert [line.partition(":")[0] for line in result.err.splitlines()] == ["LOG_LEVEL", "ANALYSIS_LIMIT"]


def test_a_folder_without_model_weights_is_named(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}", encoding="utf-8")
    result = cli("corpus", "search", "x", EMBEDDING_MODEL=str(tmp_path))
    assert result.code == 2
    assert "EMBEDDING_MODEL" in result.err
    assert str(tmp_path) in result.err


@pytest.mark.parametrize("command", [("diagnose",), ("traces",), ("corpus", "stats"), ("corpus", "search", "x")])
def test_a_broken_file_of_the_corpus_is_named_with_its_line(cli: Cli, parcel: Path, command: tuple[str, ...]) -> None:
    (parcel / "points/core.yaml").write_text("- id: weight-limit\n  text: one: two\n", encoding="utf-8")
    result = cli(*command, stdin=VAGUE.encode(), KNOWLEDGE_DIR=str(parcel))
    assert (result.code, result.out) == (2, "")
    assert "points/core.yaml:2: yaml-syntax: " in result.err
    assert "Traceback" not in result.err


def test_a_cache_that_cannot_be_used_costs_only_the_cache(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    result = cli("diagnose", "--format", "json", stdin=TRACE.encode(), CACHE_DIR=str(tmp_path / "file"))
    assert result.code == 0
    assert json.loads(result.out)["verdict"] == "diagnosis"


def test_the_bot_does_not_start_without_a_token(cli: Cli) -> None:
    result = cli("run", DISCORD_TOKEN="")
    assert result.code == 2
    assert result.err.startswith("DISCORD_TOKEN is not set")


@pytest.mark.parametrize(
    "arguments", [(), ("diagnos",), ("diagnose", "--format", "xml"), ("corpus",), ("eval",), ("traces", "--x")]
)
def test_a_wrong_call_shows_the_usage(cli: Cli, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli(*arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: python -m bot")


# --- the process


def run_process(environment: dict[str, str], *arguments: str, stdin: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=stdin, capture_output=True, check=False, cwd=ROOT, timeout=120,
        env={"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii", **environment},
    )  # fmt: skip


def test_the_process_answers_in_utf8_whatever_the_terminal_is(environment: dict[str, str]) -> None:
    done = run_process(environment, "diagnose", "--format", "markdown", stdin=TRACE.encode())
    assert (done.returncode, done.stderr) == (0, b"")
    assert "> 4 │ `parcelo.ApiError".encode() in done.stdout


def test_the_process_ends_with_code_2_and_a_message(environment: dict[str, str]) -> None:
    done = run_process({**environment, "LOG_LEVEL": "LOUD"}, "diagnose", stdin=b"x")
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"LOG_LEVEL: 'LOUD' cannot be used")
