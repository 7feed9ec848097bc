"""Trains a model folder with TRL's GRPOTrainer on the CPU, in bf16: a whole step for each line it reads.

    python train.py FOLDER THREADS JOB

JOB is a file of {"problems": [{"prompt": text, "answer": int}], "groups", "size", "tokens", "rate", "temperature", "clip",
"clip_low", "clip_high", "seed"}. Problems are taken in their order, `groups` a step, and begin again at the end. The reward is
that of reward.py. Says {"prompts": [[int]]}, the problems' tokens, when it is ready; then, for every line of stdin,
{"seconds", "groups", "signals", "answers", "right", "tokens"}: the time of a whole step from before the writing to after the
optimiser, how many groups it had, how many of these with rewards that differ, how many answers, how many right, and their tokens.

Settings that could be quicker than TRL's own: weights in bf16 (TRL holds them in fp32; no slower, measured), activations kept (TRL
computes them again), no reference model. A group at a time is in the forward pass; with all four at once a step of short answers took
2 to 4 % less processor time. Its continuous batching ends with an error on the CPU. Knows nothing of openmimo.
"""

import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "OMP_NUM_THREADS": sys.argv[2],
    "TOKENIZERS_PARALLELISM": "false",
}

import torch
from datasets import Dataset, disable_progress_bars
from reward import reward
from transformers import AutoTokenizer, TrainerCallback
from trl import GRPOConfig, GRPOTrainer


class Turns(TrainerCallback):
    """Waits before a step until it is asked for, and says afterwards what it was."""

    def __init__(self, answers: Any, ready: dict[str, Any], size: int):
        self.answers, self.ready, self.size = answers, ready, size
        self.rewards: list[float] = []
        self.tokens = 0

    def say(self, what: dict[str, Any]) -> None:
        print(json.dumps(what), file=self.answers, flush=True)

    def scored(self, completions: list[str], completion_ids: list[list[int]], answer: list[int], **columns: object) -> list[float]:
        self.tokens = sum(map(len, completion_ids))
        self.rewards = reward(completions, answer)
        return self.rewards

    def on_train_begin(self, *_: object, **__: object) -> None:
        self.say(self.ready)

    def on_step_begin(self, args: object, state: object, control: Any, **_: object) -> None:
        if not sys.stdin.readline():
            os._exit(0)
        self.started = time.perf_counter()

    def on_step_end(self, *_: object, **__: object) -> None:
        seconds = time.perf_counter() - self.started
        groups = [self.rewards[first : first + self.size] for first in range(0, len(self.rewards), self.size)]
        self.say(
            {
                "seconds": seconds,
                "groups": len(groups),
                "signals": sum(len(set(group)) > 1 for group in groups),
                "answers": len(self.rewards),
                "right": int(sum(self.rewards)),
                "tokens": self.tokens,
            }
        )


def main() -> None:
    # What a library prints must not come between the answers.
    answers, stdout = os.fdopen(os.dup(1), "w"), os.dup2(2, 1)
    assert stdout == 1
    torch.set_num_threads(int(sys.argv[2]))
    disable_progress_bars()
    folder, job = sys.argv[1], json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
    tokenizer = AutoTokenizer.from_pretrained(folder)
    problems = job["problems"]
    turns = Turns(answers, {"prompts": tokenizer([one["prompt"] for one in problems])["input_ids"]}, job["size"])
    with tempfile.TemporaryDirectory() as place:
        config = GRPOConfig(
            output_dir=place,
            use_cpu=True,
            bf16=True,
            model_init_kwargs={"dtype": "bfloat16"},
            gradient_checkpointing=False,
            num_generations=job["size"],
            per_device_train_batch_size=job["size"],
            gradient_accumulation_steps=job["groups"],
            max_completion_length=job["tokens"],
            temperature=job["temperature"],
            top_k=0,
            beta=0.0,
            epsilon=job["clip_low"],
            epsilon_high=job["clip_high"],
            loss_type="dapo",
            learning_rate=job["rate"],
            lr_scheduler_type="constant",
            max_grad_norm=job["clip"],
            max_steps=1_000_000,
            shuffle_dataset=False,
            seed=job["seed"],
            save_strategy="no",
            report_to="none",
            logging_steps=1_000_000,
            disable_tqdm=True,
            dataloader_pin_memory=False,
        )
        trainer = GRPOTrainer(
            folder, turns.scored, config, train_dataset=Dataset.from_list(problems), processing_class=tokenizer, callbacks=[turns]
        )
        trainer.train()


if __name__ == "__main__":
    main()
