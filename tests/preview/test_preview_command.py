from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from bot import cli
from bot.commands import preview
from bot.engine import Engine
from bot.errors import UserError
from bot.settings import Settings

ROOT = Path(__file__).parent.parent.parent


def test_a_missing_extra_is_told() -> None:
    with pytest.raises(UserError, match=re.escape("(missing: no_such_module): pip install -e '.[preview]'")):
        preview.require(("json", "no_such_module"))


def test_what_is_installed_is_not_missed() -> None:
    preview.require((*preview.NEEDED, *preview.PICTURES_NEED))


def test_a_port_that_is_none_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["preview", "--port", "70000"]) == 2
    assert "from 0 to 65535" in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_without_a_token_until_it_is_stopped(
    parcel_settings: Settings, parcel_engine: Engine, number: signal.Signals
) -> None:
    assert parcel_engine.snapshot.examples
    environment = {name: value for name, value in os.environ.items() if name != "DISCORD_TOKEN"} | {
        "KNOWLEDGE_DIR": str(parcel_settings.knowledge_dir),
        "CACHE_DIR": str(parcel_settings.cache_dir),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "preview", "--port", "0"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address is not None, line
        with urllib.request.urlopen(address[0], timeout=30) as page:
            assert page.status == 200
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
