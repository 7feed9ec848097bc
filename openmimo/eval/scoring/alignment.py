"""The best way to pair the rows of a table with its columns, so that the sum of the pairs' scores is greatest.

The Hungarian method with potentials (Kuhn 1955; Jonker and Volgenant 1987). SciPy has it too, and would
be a dependency for this alone. Knows nothing of what is paired.
"""

from collections.abc import Sequence


def best_pairs(scores: Sequence[Sequence[float]]) -> list[tuple[int, int]]:
    """Pairs of a row and a column, each used once and all of the fewer ones used, by row; `scores` has a list for each row, all as long."""
    if not scores or not scores[0]:
        return []
    if len(scores) > len(scores[0]):
        turned = best_pairs(list(zip(*scores, strict=True)))
        return sorted((row, column) for column, row in turned)
    columns = len(scores[0])
    row_price, column_price = [0.0] * len(scores), [0.0] * (columns + 1)
    owner: list[int | None] = [None] * (columns + 1)  # the row that has a column; the last column is none, and holds the row to place
    for row in range(len(scores)):
        owner[columns] = row
        slack, before, seen = [float("inf")] * columns, [columns] * columns, [False] * (columns + 1)
        column = columns
        while (holder := owner[column]) is not None:
            seen[column] = True
            for other in range(columns):
                if not seen[other]:
                    cost = -scores[holder][other] - row_price[holder] - column_price[other]
                    if cost < slack[other]:
                        slack[other], before[other] = cost, column
            nearest = min((other for other in range(columns) if not seen[other]), key=slack.__getitem__)
            step = slack[nearest]
            for other in range(columns + 1):
                if seen[other]:
                    held = owner[other]
                    assert held is not None
                    row_price[held] += step
                    column_price[other] -= step
                elif other < columns:
                    slack[other] -= step
            column = nearest
        while column != columns:
            owner[column], column = owner[before[column]], before[column]
    return sorted((row, column) for column, row in enumerate(owner[:columns]) if row is not None)
