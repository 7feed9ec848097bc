"""The published figures are those of the report's tables, cell by cell, as its specification writes them down."""

from openmimo.eval.published import FIGURES, Figure, published

# Rows of the tables in the form of the specification (shared/report.md), two benchmarks of a row apart by " / ".
BASE = """
| BBH (EM) | 3 | 64.2 | 69.4 | 70.4 | 75.2 |
| GPQA-Diamond (EM) | 5 | 33.3 | 24.2 | 35.4 | 25.8 |
| SuperGPQA (EM) | 5 | 19.9* | 22.6* | 24.6* | 25.1 |
| DROP (F1) | 3 | 59.5 | 67.9* | 61.5* | 69.2 |
| MMLU (EM) | 5 | 65.3 | 71.2 | 74.2 | 71.2 |
| MMLU-Redux (EM) | 5 | 58.4* | 67.9 | 71.1 | 65.3 |
| MMLU-Pro (EM) | 5 | 37.1 | 44.7 | 45.0 | 41.9 |
| ARC-Easy / ARC-Challenge (EM) | 25 | 84.3 / 57.7 | 88.3 / 68.2 | 86.4 / 63.8 | 85.2 / 62.3 |
| HellaSwag (EM) | 10 | 82.0 | 81.9 | 80.4 | 80.0 |
| PIQA (EM) | 0 | 80.3 | 81.9 | 78.5 | 79.4 |
| WinoGrande (EM) | 5 | 60.5 | 73.9* | 75.9 | 78.0 |
| RACE-High (EM) | 5 | 44.3 | 48.3 | 46.8 | 44.1 |
| TriviaQA (EM) | 5 | 70.6 | 76.5 | 60.0 | 60.8 |
| NaturalQuestions (EM) | 5 | 27.7 | 29.2 | 24.1 | 24.5 |
| AGIEval (EM) | 0 | 38.2* | 21.6* | 44.4 | 48.3 |
| AIME24 / AIME25 (pass@1) | 0 | 0.3* / 0.0* | 0.0* / 0.0* | 10.1* / 4.3* | 32.9 / 24.3 |
| GSM8K (EM) | 8 | 48.5* | 70.2* | 80.2* | 75.2 |
| MATH (EM) | 4 | 16.9* | 36.4* | 44.3* | 37.4 |
| LiveCodeBench-v5 (pass@1) | 0 | 0.4* | 0.0* | 5.0* | 32.9 |
| HumanEval / HumanEval-Plus (pass@1) | 1 | 37.8* / 31.7* | 41.5* / 31.1* | 56.7* / 50.0* | 51.8 / 44.5 |
| MBPP / MBPP-Plus (pass@1) | 3 | 58.4 / 49.9 | 63.9 / 52.9 | 76.7 / 64.2 | 69.2 / 56.6 |
| CRUXEval-I / CRUXEval-O (EM) | 2 | 41.5 / 36.8 | 49.8 / 42.4 | 52.4 / 48.5 | 47.6 / 56.3 |
| C-Eval / CMMLU (EM) | 5 | 52.2 / 52.1 | 57.0 / 58.4 | 81.8 / 82.7 | 68.7 / 70.9 |
"""
BASE_MODELS = ["Llama-3.1-8B", "Gemma-2-9B", "Qwen2.5-7B", "MiMo-7B-Base"]
CHAT_MODELS = ["GPT-4o-0513", "Claude-3.5-Sonnet-1022", "o1-mini", "QwQ-32B-Preview", "R1-Distill-Qwen-14B", "R1-Distill-Qwen-7B",
               "MiMo-7B-Base", "MiMo-7B-RL-Zero", "MiMo-7B-SFT", "MiMo-7B-RL", "MiMo-7B-RL-0530"]  # fmt: skip
CHAT = """
| MATH-500 | 74.6 | 78.3 | 90.0 | 90.6 | 93.9 | 92.8 | 37.4 | 93.6 | 93.0 | 95.8 | 97.2 |
| AIME24 | 9.3 | 16.0 | 63.6 | 50.0 | 69.7 | 55.5 | 32.9 | 56.4 | 58.7 | 68.2 | 80.1 |
| AIME25 | 11.6 | 7.4 | 50.7 | 32.4 | 48.2 | 38.8 | 24.3 | 46.3 | 44.3 | 55.4 | 70.2 |
| LiveCodeBench-v5 | 32.9 | 38.9 | 53.8 | 41.9 | 53.1 | 37.6 | 32.9 | 49.1 | 52.3 | 57.8 | 60.9 |
| LiveCodeBench-v6 | 30.9 | 37.2 | 46.8 | 39.1 | 31.9 | 23.9 | 29.1 | 42.9 | 45.5 | 49.3 | 52.2 |
| GPQA-Diamond | 49.9 | 65.0 | 60.0 | 54.5 | 59.1 | 49.1 | | | | 54.4 | 60.6 |
| SuperGPQA | 42.4 | 48.2 | 45.2 | 43.6 | 40.6 | 28.9 | | | | 40.5 | |
| DROP | 83.7 | 88.3 | 83.9 | 71.2 | 85.5 | 77.0 | | | | 78.7 | |
| MMLU-Pro | 72.6 | 78.0 | 80.3 | 52.0 | 68.8 | 53.5 | | | | 58.6 | |
| IFEval | 84.3 | 86.5 | 84.8 | 40.4 | 78.3 | 60.5 | | | | 61.0 | |
"""
UPDATE_MODELS = ["MiMo-7B-SFT", "MiMo-7B-SFT-6M", "MiMo-7B-RL", "MiMo-7B-RL-0530"]
UPDATE = (
    "AIME24 58.7 / 68.3 / 68.2 / 80.1; AIME25 44.3 / 50.9 / 55.4 / 70.2; MATH-500 93.0 / 94.8 / 95.8 / 97.2; "
    "GPQA-Diamond 50.7 / 54.1 / 54.4 / 60.6; LiveCodeBench-v5 52.3 / 53.4 / 57.8 / 60.9; AlignBench 6.7 / 7.1 / 6.9 / 7.4"
)


def rows(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.strip().splitlines()]


def test_table_1_is_the_reports() -> None:
    wanted = set()
    for name, shots, *cells in rows(BASE):
        names, _, metric = name.removesuffix(")").rpartition(" (")
        for place, benchmark in enumerate(names.split(" / ")):
            for model, cell in zip(BASE_MODELS, cells, strict=True):
                score = cell.split(" / ")[place]
                wanted.add(Figure("Table 1", model, benchmark.lower(), float(score.strip("*")), metric, int(shots), score.endswith("*")))
    assert {figure for figure in FIGURES if figure.table == "Table 1"} == wanted
    assert len(wanted) == 29 * 4
    assert sum(figure.starred for figure in wanted) == 30


def test_the_tables_of_chat_models_are_the_reports() -> None:
    chat = {(figure.model, figure.benchmark, figure.score) for figure in FIGURES if figure.table != "Table 1"}
    wanted = set()
    for benchmark, *cells in rows(CHAT):
        wanted |= {(model, benchmark.lower(), float(cell)) for model, cell in zip(CHAT_MODELS, cells, strict=True) if cell}
    for text in UPDATE.split("; "):
        benchmark, _, scores = text.partition(" ")
        wanted |= {(model, benchmark.lower(), float(score)) for model, score in zip(UPDATE_MODELS, scores.split(" / "), strict=True)}
    assert chat == wanted
    assert not any(figure.starred for figure in FIGURES if figure.table != "Table 1")
    assert {table: sum(figure.table == table for figure in FIGURES) for table in ("Table 4", "Table 5", "Table 6", "README")} == {
        "Table 4": 70,
        "Table 5": 20,
        "Table 6": 24,
        "README": 1,
    }


def test_how_a_figure_was_measured_is_kept() -> None:
    (drop,) = [figure for figure in FIGURES if (figure.model, figure.benchmark) == ("o1-mini", "drop")]
    assert drop == Figure("Table 4", "o1-mini", "drop", 83.9, "F1", 3)
    assert {figure.metric for figure in published("ifeval")} == {"prompt strict"}
    assert {figure.metric for figure in published("alignbench")} == {"GPT-4.1 of 10"}


def test_no_cell_is_there_twice_and_a_figure_of_several_tables_is_shown_once() -> None:
    cells = [(figure.table, figure.model, figure.benchmark) for figure in FIGURES]
    assert len(set(cells)) == len(cells)
    aime = published("aime24")
    assert [figure.table for figure in aime if figure.model == "MiMo-7B-RL"] == ["Table 4, 5, 6"]
    assert [(figure.table, figure.score, figure.shots) for figure in aime if figure.model == "MiMo-7B-Base"] == [
        ("Table 1", 32.9, 0),
        ("Table 5", 32.9, None),
    ]
    assert published("amc23") == ()
