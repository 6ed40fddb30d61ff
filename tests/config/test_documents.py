"""What stands beside the settings for whoever runs the bot: it must name only what there is."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

import pytest

from config import Settings, default_values

CONFIG = Path(__file__).parents[2] / "config"
HUIWEN = Path(sys.executable).with_name("huiwen")
_VARIABLE = re.compile(r"HUIWEN_[A-Z_]+")


def _unit() -> dict[str, list[str]]:
    found = defaultdict(list)
    for line in (CONFIG / "huiwen.service").read_text(encoding="utf-8").splitlines():
        if line and line[0] not in "#[":
            key, _, value = line.partition("=")
            found[key].append(value)
    return found


def _variables() -> set[str]:
    return {f"HUIWEN_{key.replace('.', '__').upper()}" for key in default_values()}


def _options(*command: str) -> str:
    shown = subprocess.run([HUIWEN, *command, "--help"], capture_output=True, encoding="utf-8", check=True)
    return shown.stdout


@pytest.mark.parametrize("name", ["huiwen.service", "Containerfile"])
def test_variables_are_settings(name: str) -> None:
    named = set(_VARIABLE.findall((CONFIG / name).read_text(encoding="utf-8")))
    assert named and named <= _variables()


def test_the_unit_starts_the_bot() -> None:
    (start,) = _unit()["ExecStart"]
    program, command, *arguments = shlex.split(start)
    assert (Path(program).name, command) == ("huiwen", "bot")
    options = [each for each in arguments if each.startswith("-")]
    assert options and all(option in _options("bot") for option in options)


def test_the_unit_hands_over_the_token_and_stops_in_time() -> None:
    unit = _unit()
    (credential,) = unit["LoadCredential"]
    name, _, path = credential.partition(":")
    assert f"HUIWEN_TELEGRAM__TOKEN_FILE=%d/{name}" in unit["Environment"] and Path(path).is_absolute()
    assert int(unit["TimeoutStopSec"][0]) > 5
    assert unit["RestartPreventExitStatus"] == ["2"]  # what the bot ends with when something is to be mended
    (state,) = unit["StateDirectory"]
    assert f"--data-dir /var/lib/{state}" in unit["ExecStart"][0]


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="there is no systemd here")
def test_systemd_takes_the_unit(tmp_path: Path) -> None:
    program = _unit()["ExecStart"][0].split()[0]
    text = (CONFIG / "huiwen.service").read_text(encoding="utf-8").replace(program, str(HUIWEN))
    (tmp_path / "huiwen.service").write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", tmp_path / "huiwen.service"], capture_output=True, encoding="utf-8"
    )
    # It tells of other units of this machine, too.
    assert "huiwen.service" not in done.stderr and done.returncode == 0, done.stderr


def test_the_container_starts_the_bot_and_knows_its_health() -> None:
    text = (CONFIG / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    entry = json.loads(next(line for line in lines if line.startswith("ENTRYPOINT")).partition(" ")[2])
    command = json.loads(next(line for line in lines if line.startswith("CMD")).partition(" ")[2])
    assert entry == ["huiwen"] and _options(*command)
    listen = re.search(r"HUIWEN_MONITORING__LISTEN=(\S+)", "\n".join(lines))
    health = next(line for line in lines if line.startswith("HEALTHCHECK"))
    assert listen and f"http://{listen[1]}/healthz" in health
    copied = [
        part
        for line in lines
        if line.startswith("COPY ")
        for part in line.split()[1:-1]
        if part[0] not in "-/"
    ]
    assert all((CONFIG.parent / part).exists() for part in copied)
    assert {"bot", "config", "embeddings", "retrieval", "pyproject.toml", "README.md", "LICENSE"} == set(
        copied
    )
    assert any(line.startswith("USER ") and line != "USER root" for line in lines)


def test_the_proxy_passes_on_to_where_the_bot_listens() -> None:
    text = (CONFIG / "nginx.conf").read_text(encoding="utf-8")
    url = re.search(r'webhook_url = "(\S+)"', text)
    passed = re.search(r"proxy_pass http://([^;]+);", text)
    location = re.search(r"location = (\S+) ", text)
    assert url and passed and location and text.count("{") == text.count("}")
    settings = Settings.of({"telegram": {"webhook_url": url[1]}})
    assert passed[1] == settings.telegram.webhook_listen
    assert url[1].endswith(location[1])
