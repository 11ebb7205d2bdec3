"""The figures of the report are what their names say."""

from bot.nlu.evaluation import Judged, LinkingRow
from bot.nlu.evaluation_report import calibration, calibration_error, confident_wrong, confusions, coverage, levels


def judged(code: str, probability: float, verdict: str = "sure") -> Judged:
    return Judged("ask_procedure", 1.0, ["fee"], verdict, [code], [(code, probability)])


RIGHT = (LinkingRow("a", "x", ["1"], ["fee"], ["plain"]), judged("1", 0.9))
WRONG = (LinkingRow("b", "y", ["1"], ["fee"], ["plain"]), judged("2", 0.8))
ASKED = (LinkingRow("c", "z", ["3"], ["documents"], ["typo"]), judged("3", 0.4, "clarify"))


def test_calibration_compares_what_was_said_with_what_was_right() -> None:
    assert calibration([RIGHT, ASKED]) == [
        {"from": 0.4, "rows": 1, "said": 0.4, "right": 1.0},
        {"from": 0.9, "rows": 1, "said": 0.9, "right": 1.0},
    ]
    assert calibration_error(calibration([RIGHT, ASKED])) == 0.35


def test_confusions_name_wanted_and_got() -> None:
    assert confusions([RIGHT, WRONG]) == [("1", "2", 1)]


def test_only_answers_given_without_asking_are_confidently_wrong() -> None:
    assert [row.id for row, _ in confident_wrong([RIGHT, WRONG, ASKED])] == ["b"]


def test_coverage_counts_rows_by_procedure_aspect_and_style() -> None:
    table = coverage([RIGHT, RIGHT, RIGHT, ASKED], {"1", "3"})
    assert table["1"]["aspect:fee"] == {"rows": 3, "right": 3, "level": "covered"}
    assert table["3"]["style:typo"]["level"] == "thin"
    assert coverage([WRONG], {"1"})["1"]["aspect:fee"]["level"] == "failing"
    assert levels(table, {"1", "3"}, ["aspect:fee", "aspect:documents"])["covered"] == 2
