"""One step of TRL's GRPOTrainer in fp32 on answers that it is given, for each way that it is asked for; as JSON.

Reads {"folder", "groups": [{"prompt": [int], "answers": [{"ids", "drawn", "reward", "old"}]}], "ways": {name: {any field of
GRPOConfig, "old": bool}}} from stdin. All groups are of one size; `drawn` is 1 for tokens to learn from, `old` their log-probabilities
when they were drawn, which a way uses or leaves out. Writes for every way {"loss", "advantages", "norm", "gradient", "weights"}: the
gradient after clipping, and the weights after the step, by their names. Knows nothing of openmimo.
"""

import json
import os
import sys
import tempfile
from typing import Any

os.environ |= {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_VERBOSITY": "error",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "TRL_EXPERIMENTAL_SILENCE": "1",
}

import torch
from datasets import Dataset, disable_progress_bars
from transformers import AutoModelForCausalLM, AutoTokenizer, TrainerCallback
from trl import GRPOConfig, GRPOTrainer

PARTS = 2  # forward passes of a step, each with its share of the answers


class Told(GRPOTrainer):
    """Takes the answers of the job for its own, and with them, if asked to, their old log-probabilities."""

    old: list[list[float]] | None = None
    losses: list[float]

    def _generate_and_score_completions(self, inputs: Any) -> Any:
        made = super()._generate_and_score_completions(inputs)
        if self.old is not None:
            most = made["completion_ids"].shape[1]
            made["old_per_token_logps"] = torch.tensor([row + [0.0] * (most - len(row)) for row in self.old])
        return made

    def compute_loss(self, *given: Any, **named: Any) -> Any:
        loss = super().compute_loss(*given, **named)
        self.losses.append(loss.item())
        return loss


class Gradients(TrainerCallback):
    """Keeps the gradient that the optimiser is given."""

    def on_pre_optimizer_step(self, *_: object, model: torch.nn.Module, **__: object) -> None:
        self.found = {name: weight.grad.tolist() for name, weight in model.named_parameters() if weight.grad is not None}


def main() -> None:
    job = json.load(sys.stdin)
    # What a library prints must not come between the answers.
    answers, stdout = os.fdopen(os.dup(1), "w"), os.dup2(2, 1)
    assert stdout == 1
    disable_progress_bars()
    json.dump({name: step(job["folder"], job["groups"], dict(way)) for name, way in job["ways"].items()}, answers)
    answers.close()


def step(folder: str, groups: list[dict[str, Any]], way: dict[str, Any]) -> dict[str, Any]:
    size, said = len(groups[0]["answers"]), [one for group in groups for one in group["answers"]]
    with_old = way.pop("old")
    rollout = {
        "prompt_ids": [group["prompt"] for group in groups for _ in range(size)],
        "completion_ids": [one["ids"] for one in said],
        "env_mask": [one["drawn"] for one in said],
        "logprobs": None,
    }
    seen = Gradients()
    with tempfile.TemporaryDirectory() as place:
        config = GRPOConfig(
            output_dir=place,
            use_cpu=True,
            bf16=False,
            num_generations=size,
            per_device_train_batch_size=len(said) // PARTS,
            gradient_accumulation_steps=PARTS,
            beta=0.0,
            lr_scheduler_type="constant",
            max_steps=1,
            shuffle_dataset=False,
            save_strategy="no",
            report_to="none",
            logging_steps=1,
            disable_tqdm=True,
            dataloader_pin_memory=False,
            **way,
        )
        trainer = Told(
            AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32),  # by its path, TRL knows no MiMoForCausalLM
            lambda completions, **_: [one["reward"] for one in said],
            config,
            train_dataset=Dataset.from_list([{"prompt": f"problem {number}"} for number in range(len(groups))]),
            processing_class=AutoTokenizer.from_pretrained(folder),
            callbacks=[seen],
            rollout_func=lambda prompts, trainer: dict(rollout),
        )
        trainer.old, trainer.losses = [one["old"] for one in said] if with_old else None, []
        trainer.train()
        return {
            "loss": sum(trainer.losses),
            "advantages": list(trainer._logs["advantages"]),
            "norm": next(line["grad_norm"] for line in trainer.state.log_history if "grad_norm" in line),
            "gradient": seen.found,
            "weights": {name: weight.tolist() for name, weight in trainer.model.named_parameters()},
        }


if __name__ == "__main__":
    main()
