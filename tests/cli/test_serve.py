"""``backlit serve RUN``: from the command to the page, and to its end."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from backlit.cli.options import SEVERAL
from backlit.web.requests import ViewRequest
from backlit.web.server import PORT
from tests.cli.conftest import CommandLine


def test_from_start_to_ctrl_c(trained: Path) -> None:
    command = [sys.executable, "-m", "backlit", "serve", str(trained), "--port", "0"]
    process = subprocess.Popen(
        [*command, "--no-browser", "--first", "2", "--count", "3"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUTF8": "1"},
    )
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert found, line
        with urllib.request.urlopen(found.group(), timeout=30) as answer:
            text = answer.read().decode()
        assert '"indices": [2, 3, 4]' in text
        if os.name == "posix":
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
            assert process.returncode == 0, err
            assert out + err == ""
    finally:
        process.kill()
        process.communicate()


def test_it_is_not_opened_unless_it_is_there(trained: Path) -> None:
    """The browser comes once the page can be had."""
    program = (
        "import sys, urllib.request, webbrowser, os, signal\n"
        "def opened(url):\n"
        "    import threading\n"
        "    def look():\n"
        "        print(urllib.request.urlopen(url).status, flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGINT)\n"
        "    threading.Thread(target=look).start()\n"
        "webbrowser.open = opened\n"
        "from backlit.cli import main\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    arguments = ["serve", str(trained), "--port", "0"]
    start = time.monotonic()
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.stdout.strip() == "200", (ended.stderr, time.monotonic() - start)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("conv9.weight[0]",), "there is no conv9.weight"),
        (("--first", "100000"), "there is no image 100000"),
        (("--count", "65"), "1 to 64 images"),
        (("--port", "70000"), "a port from 0 to 65535"),
        (("--port", "-1"), "at least 0"),
    ],
)
def test_wrong_wishes(
    options: tuple[str, ...], words: str, backlit: CommandLine, trained: Path
) -> None:
    result = backlit("serve", trained, "--no-browser", *options)
    assert result.status in (1, 2)
    assert words in result.err


def test_what_the_command_line_offers_is_what_the_page_does(backlit: CommandLine) -> None:
    """It names both again, since its help must not load the page."""
    assert ViewRequest().count == SEVERAL
    assert f"by default {PORT}," in " ".join(backlit("serve", "--help").out.split())
