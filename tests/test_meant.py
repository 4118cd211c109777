"""What a person probably meant by a value of the wrong kind."""

from __future__ import annotations

import pytest

from policy_engine.documents.meant import meant
from policy_engine.documents.reader import Reader, Word
from policy_engine.documents.yaml import read


@pytest.mark.parametrize(
    ("text", "wanted", "written"),
    [
        ("30%", "number", "0.3"),
        ("12.5%", "number (1)", "0.125"),
        ("0.9万", "number (CNY/person)", "9000"),
        ("0.9万元", "number (CNY)", "9000"),
        ("9,000", "number", "9000"),
        ("9,00", "number", ""),
        ("９０００", "number", "9000"),
        ("9000元", "number", "9000"),
        ("九千", "number", ""),
        ("2.5", "whole number", ""),
        ("7", "days duration (P7D)", "P7D"),
        ("7天", "days duration (P7D)", "P7D"),
        ("3个月", "months duration (P3M)", "P3M"),
        ("3", "months duration (P3M)", "P3M"),
        ("2年", "months duration (P3M)", "P2Y"),
        ("3个月", "days duration (P7D)", ""),
        ("5个工作日", "days duration (P7D)", ""),
        ("2030/3/1", "date (YYYY-MM-DD)", "2030-03-01"),
        ("2030年3月1日", "date (YYYY-MM-DD)", "2030-03-01"),
        ("20300301", "date (YYYY-MM-DD)", "2030-03-01"),
        ("2030/2/30", "date (YYYY-MM-DD)", ""),
        ("是", "true or false", "true"),
        ("No", "boolean", "false"),
        ("7", "mapping", ""),
    ],
)
def test_what_is_meant(text, wanted, written):
    assert meant(text, wanted) == written


def test_help_shows_how_to_write_a_list_of_one():
    [node], _ = read('"1"', "x")
    reader = Reader()
    reader.read(node, tuple[Word, ...])
    assert reader.problems[0].help("en") == 'Write ["1"].'
    assert reader.problems[0].help("zh") == '写作 ["1"]。'
