import pytest

from retrieval.kinds import wanted_kind


@pytest.mark.parametrize(
    ("question", "text", "gain"),
    [
        ("专项整治行动持续多长时间？", "在全省开展为期一年的安全生产专项整治行动。", 1.0),
        ("How long will the campaign last?", "行动分三个阶段，共八个月。", 0.3),
        ("¿Cuánto durará la campaña?", "会议以视频形式召开。", 0.0),
        ("Сколько продлится кампания?", "为期三个月。", 1.0),
        ("大会什么时候召开？", "11月20日，省委召开大会。", 0.3),
        ("When did it open?", "将于8月贯通。", 0.2),
        ("いつ開催されましたか？", "2019年11月20日召开。", 0.3),
        ("多少人参加了会议？", "共3.6万人参加会议。", 0.2),
        ("How many stations are there?", "设站21座。", 0.1),
        ("Сколько человек участвовало?", "与会代表讨论了报告。", 0.0),
    ],
)
def test_a_question_tells_what_its_answer_looks_like(question: str, text: str, gain: float) -> None:
    kind = wanted_kind(question)
    assert kind is not None
    assert kind.found_in(text) == gain


@pytest.mark.parametrize("question", ["谁主持了大会？", "Who chaired it?", "会议以什么形式召开？", "", "😀"])
def test_other_questions_want_no_kind(question: str) -> None:
    assert wanted_kind(question) is None


def test_a_year_is_no_length_of_time() -> None:
    kind = wanted_kind("持续多长时间？")
    assert kind is not None
    assert kind.found_in("2019年11月20日") == 0.0
