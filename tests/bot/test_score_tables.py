"""Tables that Markdown and people can read."""

from __future__ import annotations

import math
from dataclasses import replace

from bot.score_tables import ablation_table, confidence_table, order_table, reliability_table
from retrieval.calibration import Bin
from retrieval.evaluation import Scores

_ROW = Scores(
    questions=632,
    recall_at_1=0.96,
    recall_at_5=1.0,
    mrr_at_10=0.9764,
    ndcg_at_10=0.0,
    answered=0.9,
    wrongly_answered=0.25,
    marked=math.nan,
    marked_of=0,
    auroc=0.946,
    calibration_error=0.031,
    best_threshold=0.4,
    ms=7.0,
    p50_ms=6.25,
    p95_ms=12.04,
    intervals={"recall_at_1": (0.944, 0.974), "recall_at_5": (1.0, 1.0)},
    reliability=(),
)


def test_order() -> None:
    assert order_table({"zh": _ROW, "中文": replace(_ROW, questions=1)}) == (
        "|      | questions | R@1        | R@5         | MRR@10 | nDCG@10 |\n"
        "| ---- | --------- | ---------- | ----------- | ------ | ------- |\n"
        "| zh   | 632       | .960 ±.015 | 1.000 ±.000 | .976   | .000    |\n"
        "| 中文 | 1         | .960 ±.015 | 1.000 ±.000 | .976   | .000    |"
    )


def test_confidence_and_time() -> None:
    assert confidence_table({"zh": _ROW}).splitlines()[-1] == (
        "| zh  | .900     | .250    | .946  | .031 | –      | 6.2    | 12.0   |"
    )


def test_reliability() -> None:
    assert reliability_table([Bin(0.9, 1.0, 12, 0.951, 0.875)]) == (
        "| confidence    | answers | mean | right |\n"
        "| ------------- | ------- | ---- | ----- |\n"
        "| .900 to 1.000 | 12      | .951 | .875  |"
    )


def test_ablation() -> None:
    assert ablation_table({"whole": {"zh": 0.96, "en": 0.85}, "units alone": {"zh": 0.8, "en": 0.7}}) == (
        "| R@1         | zh   | en   |\n"
        "| ----------- | ---- | ---- |\n"
        "| whole       | .960 | .850 |\n"
        "| units alone | .800 | .700 |"
    )


def test_a_set_without_answers_has_no_columns_to_compare() -> None:
    assert ablation_table({"whole": {}}).splitlines()[-1] == "| whole |"
