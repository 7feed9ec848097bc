"""The figures that the report publishes of its own and of other models, to be laid beside what is measured here, and never mixed with it.

Tables 1, 4, 5 and 6 of arXiv 2505.07608; what the May 2025 update says besides is from the
README of XiaomiMiMo/MiMo. Nobody measured any of it with OpenMiMo. Settings (3.5): temperature 0.6, top-p 0.95; AIME is the mean of
32 runs, LiveCodeBench (v5: 2024-08-01 to 2025-02-01, v6: 2025-02-01 to 2025-05-01), GPQA-Diamond and IFEval
of 8, MATH-500 and SuperGPQA are single ones. Of RULER it has no table.
"""

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One figure of a table: `score` in per cent, but for AlignBench, which is of 10 points.

    `shots` is None where the report names none. `starred` figures of other models were
    measured by the report's authors in their own harness (the * of Table 1). Those of MiMo are
    all the authors' own, and bear no star.
    """

    table: str
    model: str
    benchmark: str
    score: float
    metric: str
    shots: int | None
    starred: bool = False


# benchmark, metric, shots, then a figure for each model
_BASE = """
Llama-3.1-8B Gemma-2-9B Qwen2.5-7B MiMo-7B-Base
bbh              EM      3   64.2   69.4   70.4   75.2
gpqa-diamond     EM      5   33.3   24.2   35.4   25.8
supergpqa        EM      5   19.9*  22.6*  24.6*  25.1
drop             F1      3   59.5   67.9*  61.5*  69.2
mmlu             EM      5   65.3   71.2   74.2   71.2
mmlu-redux       EM      5   58.4*  67.9   71.1   65.3
mmlu-pro         EM      5   37.1   44.7   45.0   41.9
arc-easy         EM      25  84.3   88.3   86.4   85.2
arc-challenge    EM      25  57.7   68.2   63.8   62.3
hellaswag        EM      10  82.0   81.9   80.4   80.0
piqa             EM      0   80.3   81.9   78.5   79.4
winogrande       EM      5   60.5   73.9*  75.9   78.0
race-high        EM      5   44.3   48.3   46.8   44.1
triviaqa         EM      5   70.6   76.5   60.0   60.8
naturalquestions EM      5   27.7   29.2   24.1   24.5
agieval          EM      0   38.2*  21.6*  44.4   48.3
aime24           pass@1  0   0.3*   0.0*   10.1*  32.9
aime25           pass@1  0   0.0*   0.0*   4.3*   24.3
gsm8k            EM      8   48.5*  70.2*  80.2*  75.2
math             EM      4   16.9*  36.4*  44.3*  37.4
livecodebench-v5 pass@1  0   0.4*   0.0*   5.0*   32.9
humaneval        pass@1  1   37.8*  41.5*  56.7*  51.8
humaneval-plus   pass@1  1   31.7*  31.1*  50.0*  44.5
mbpp             pass@1  3   58.4   63.9   76.7   69.2
mbpp-plus        pass@1  3   49.9   52.9   64.2   56.6
cruxeval-i       EM      2   41.5   49.8   52.4   47.6
cruxeval-o       EM      2   36.8   42.4   48.5   56.3
c-eval           EM      5   52.2   57.0   81.8   68.7
cmmlu            EM      5   52.1   58.4   82.7   70.9
"""
_CHAT = """
GPT-4o-0513 Claude-3.5-Sonnet-1022 o1-mini QwQ-32B-Preview R1-Distill-Qwen-14B R1-Distill-Qwen-7B MiMo-7B-RL
gpqa-diamond     pass@1         -  49.9  65.0  60.0  54.5  59.1  49.1  54.4
supergpqa        pass@1         -  42.4  48.2  45.2  43.6  40.6  28.9  40.5
drop             F1             3  83.7  88.3  83.9  71.2  85.5  77.0  78.7
mmlu-pro         EM             -  72.6  78.0  80.3  52.0  68.8  53.5  58.6
ifeval           prompt_strict  -  84.3  86.5  84.8  40.4  78.3  60.5  61.0
math-500         pass@1         -  74.6  78.3  90.0  90.6  93.9  92.8  95.8
aime24           pass@1         -  9.3   16.0  63.6  50.0  69.7  55.5  68.2
aime25           pass@1         -  11.6  7.4   50.7  32.4  48.2  38.8  55.4
livecodebench-v5 pass@1         -  32.9  38.9  53.8  41.9  53.1  37.6  57.8
livecodebench-v6 pass@1         -  30.9  37.2  46.8  39.1  31.9  23.9  49.3
"""
_SERIES = """
MiMo-7B-Base MiMo-7B-RL-Zero MiMo-7B-SFT MiMo-7B-RL
math-500         pass@1  -  37.4  93.6  93.0  95.8
aime24           pass@1  -  32.9  56.4  58.7  68.2
aime25           pass@1  -  24.3  46.3  44.3  55.4
livecodebench-v5 pass@1  -  32.9  49.1  52.3  57.8
livecodebench-v6 pass@1  -  29.1  42.9  45.5  49.3
"""
# The SFT model of the first 500K samples, that of 6M, the first RL model, and RL at 48K tokens of context on the second SFT model.
_UPDATE = """
MiMo-7B-SFT MiMo-7B-SFT-6M MiMo-7B-RL MiMo-7B-RL-0530
aime24           pass@1       -  58.7  68.3  68.2  80.1
aime25           pass@1       -  44.3  50.9  55.4  70.2
math-500         pass@1       -  93.0  94.8  95.8  97.2
gpqa-diamond     pass@1       -  50.7  54.1  54.4  60.6
livecodebench-v5 pass@1       -  52.3  53.4  57.8  60.9
alignbench       GPT-4.1_of_10  -  6.7   7.1   6.9   7.4
"""
_README = """
MiMo-7B-RL-0530
livecodebench-v6 pass@1  -  52.2
"""


FORMS = ("-chat", "-text", "-likelihood")  # of names in `benchmarks/`


def _figures(table: str, text: str) -> Iterator[Figure]:
    head, *lines = text.strip().splitlines()
    models = head.split()
    for line in lines:
        benchmark, metric, shots, *scores = line.split()
        for model, score in zip(models, scores, strict=True):
            yield Figure(
                table,
                model,
                benchmark,
                float(score.rstrip("*")),
                metric.replace("_", " "),
                None if shots == "-" else int(shots),
                score.endswith("*"),
            )


FIGURES: tuple[Figure, ...] = (
    *_figures("Table 1", _BASE),
    *_figures("Table 4", _CHAT),
    *_figures("Table 5", _SERIES),
    *_figures("Table 6", _UPDATE),
    *_figures("README", _README),
)


def published(benchmark: str) -> tuple[Figure, ...]:
    """The report's figures of a benchmark, in whatever form we ask it (-chat, -text, -likelihood), in the order of its tables.

    A figure that several tables have is one, with all their names.
    """
    found: dict[tuple[object, ...], Figure] = {}
    for figure in FIGURES:
        if benchmark in (figure.benchmark, *(figure.benchmark + form for form in FORMS)):
            key = (figure.model, figure.score, figure.metric, figure.shots)
            table = f"{found[key].table}, {figure.table.removeprefix('Table ')}" if key in found else figure.table
            found[key] = Figure(table, figure.model, figure.benchmark, figure.score, figure.metric, figure.shots, figure.starred)
    return tuple(found.values())
