"""The findings of a file stand together below its name."""

from __future__ import annotations

from reported import finding, reported


def test_each_file_is_named_once_and_a_clean_one_not_at_all():
    text = reported(
        "grouped", [("a.jsonl", [finding(), finding(line=30)]), ("b.jsonl", []), ("c.jsonl", [finding(line=4)])]
    )
    assert [line for line in text.splitlines() if line.endswith(".jsonl:")] == ["a.jsonl:", "c.jsonl:"]
    assert text.splitlines()[1:3] == ["     2  error    SCH07: No.", "    30  error    SCH07: No."]
    assert text.splitlines()[-1].startswith("Found 3 errors")
