"""What one layer's attention costs a decoding batch: blocks gathered each step, or a contiguous slot a request.

Why the engine gathers is in docs/decisions/0009. Run: OMP_NUM_THREADS=1 python benchmarks/cache_shapes.py
"""

import time
from collections.abc import Callable

import torch
from torch.nn.functional import scaled_dot_product_attention

SIZE, HEAD = 16, 64
SHAPES = {"nano": (2, 2), "SmolLM2-135M": (3, 3)}  # key-value heads, and heads that share one


def milliseconds(work: Callable[[], object], rounds: int = 30) -> float:
    """The median of several runs."""
    times = []
    for _ in range(rounds + 2):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return sorted(times[2:])[rounds // 2] * 1e3


@torch.inference_mode()
def compare(kv_heads: int, shared: int, batch: int, seen: int) -> tuple[float, float, float, float]:
    """Milliseconds of: gather and attend; the same into tensors kept for it; attend in slots; attend in slots with keys repeated for every head."""
    blocks = batch * seen // SIZE
    pool = torch.randn(2, 4 * blocks, SIZE * kv_heads * HEAD)
    table = torch.randperm(4 * blocks)[:blocks]
    slots = torch.randn(2, batch, kv_heads, seen, HEAD)
    queries, mask = torch.randn(batch, kv_heads, shared, HEAD), torch.ones(batch, 1, 1, seen, dtype=torch.bool)

    def gathered() -> torch.Tensor:
        keys, values = (part.index_select(0, table).view(batch, seen, kv_heads, HEAD).transpose(1, 2) for part in pool)
        return scaled_dot_product_attention(queries, keys, values, attn_mask=mask)

    kept = torch.empty(2, blocks, SIZE * kv_heads * HEAD)

    def gathered_into_kept() -> torch.Tensor:
        for part, place in zip(pool, kept, strict=True):
            torch.index_select(part, 0, table, out=place)
        keys, values = (place.view(batch, seen, kv_heads, HEAD).transpose(1, 2) for place in kept)
        return scaled_dot_product_attention(queries, keys, values, attn_mask=mask)

    def repeated() -> torch.Tensor:
        keys, values = (part.repeat_interleave(shared, 1) for part in slots)
        return scaled_dot_product_attention(queries.view(batch, -1, 1, HEAD), keys, values, attn_mask=mask)

    in_slots = milliseconds(lambda: scaled_dot_product_attention(queries, slots[0], slots[1], attn_mask=mask))
    return milliseconds(gathered), milliseconds(gathered_into_kept), in_slots, milliseconds(repeated)


if __name__ == "__main__":
    print(f"{torch.get_num_threads()} threads; ms a layer")
    print("heads of       requests  tokens   gathered  into kept  slots  slots, keys repeated")
    for name, (kv_heads, shared) in SHAPES.items():
        for batch, seen in ((1, 128), (1, 512), (16, 128), (16, 512), (32, 512)):
            row = compare(kv_heads, shared, batch, seen)
            print(f"{name:14} {batch:8} {seen:7}   {row[0]:8.3f} {row[1]:10.3f} {row[2]:6.3f} {row[3]:6.3f}", flush=True)
