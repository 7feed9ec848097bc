"""The steps of a training, with its checkpoints, metrics and progress: the part that every stage shares.

Knows neither where the batches come from nor what is done with the weights afterwards.
"""

import time

import torch

from openmimo.core.errors import TrainingStopped
from openmimo.core.interrupt import StopRequest
from openmimo.core.log import Progress
from openmimo.core.runs import RunFolder
from openmimo.model.mimo import MiMo
from openmimo.train import checkpoint
from openmimo.train.batches import Batches
from openmimo.train.config import TrainingConfig
from openmimo.train.speed import compile_layers, has_bf16, keep_memory
from openmimo.train.step import train_step


def train(
    model: MiMo, optimiser: torch.optim.Optimizer, batches: Batches, settings: TrainingConfig, folder: RunFolder, progress: Progress
) -> None:
    """Run the schedule to its end, or from the folder's last checkpoint to its end.

    Ctrl-C saves a checkpoint after the step under way and raises `KeyboardInterrupt`. A
    loss that is not a number raises `TrainingStopped`; the last checkpoint stays.
    """
    step = 0
    if last := folder.latest_checkpoint():
        step, _ = checkpoint.load(last, model, optimiser)
    folder.truncate_metrics(step)
    device = torch.device(settings.device)
    bf16 = has_bf16(device) if settings.bf16 is None else settings.bf16
    keep_memory()
    if settings.compile:
        compile_layers(model)
    model.train()
    with StopRequest() as stop:
        while step < settings.schedule.steps:
            started = time.perf_counter()
            rate, mtp_weight = settings.schedule.rate(step), settings.mtp_weight_at(step)
            chosen = [batches.batch(step * settings.accumulate + part) for part in range(settings.accumulate)]
            try:
                result = train_step(model, chosen, optimiser, rate, mtp_weight, settings.clip, bf16)
            except TrainingStopped as error:
                kept = folder.latest_checkpoint()
                raise TrainingStopped(
                    f"stopped in step {step + 1}: {error.problem}",
                    f"{error.fix}; {f'the last good checkpoint is {kept}' if kept else 'no checkpoint was written yet'}",
                ) from None
            step += 1
            seconds = time.perf_counter() - started
            progress.update(step, result.loss, result.tokens / seconds)
            if step % settings.log_every == 0 or step == settings.schedule.steps:
                folder.append_metrics(
                    {
                        "step": step,
                        "loss": result.loss,
                        "mtp_losses": result.mtp_losses,
                        "grad_norm": result.grad_norm,
                        "rate": rate,
                        "mtp_weight": mtp_weight,
                        "learnt_tokens": result.learnt,
                        "tokens": result.tokens,
                        "tokens_per_s": result.tokens / seconds,
                    }
                )
            if step % settings.checkpoint_every == 0 or step == settings.schedule.steps or stop.asked:
                checkpoint.save(folder.checkpoint_path(step), model, optimiser, step, {})
                folder.prune_checkpoints(settings.keep)
            if stop.asked:
                raise KeyboardInterrupt
