"""The steps of a stage of training, with its checkpoints, metrics and progress: the part that every training shares.

Knows neither what data the batches hold nor what is done with the weights afterwards. A
training is `begin`, then `train` for each of its stages in turn.
"""

import time

import torch

from openmimo.core.errors import ConfigError, TrainingStopped
from openmimo.core.interrupt import StopRequest
from openmimo.core.log import Progress
from openmimo.core.runs import RunFolder
from openmimo.model.mimo import MiMo
from openmimo.train import checkpoint
from openmimo.train.batches import Batches
from openmimo.train.checkpoint import Place
from openmimo.train.config import TrainingConfig
from openmimo.train.optimiser import Optimiser
from openmimo.train.speed import compile_layers, has_bf16, keep_memory
from openmimo.train.step import train_step


def begin(model: MiMo, optimiser: Optimiser, settings: TrainingConfig, folder: RunFolder) -> Place:
    """Make ready for the first step, or for the one after the folder's last checkpoint, and say where that is."""
    last = folder.latest_checkpoint()
    place = checkpoint.load(last, model, optimiser) if last else Place()
    folder.truncate_metrics(place.step)
    keep_memory()
    if settings.compile:
        compile_layers(model)
    model.train()
    return place


def train(
    model: MiMo,
    optimiser: Optimiser,
    batches: Batches,
    settings: TrainingConfig,
    folder: RunFolder,
    progress: Progress,
    place: Place,
) -> Place:
    """Run the stage of `batches` from `place` to its end, and give the place where the next one begins.

    A stage that `place` has left behind is passed over. Ctrl-C saves a checkpoint after the
    step under way and raises `KeyboardInterrupt`. A loss that is not a number raises
    `TrainingStopped`; the last checkpoint stays.
    """
    stage = batches.stage
    if stage.mtp_layers > model.config.num_nextn_predict_layers:
        raise ConfigError(
            "mtp_layers",
            f"stage {stage.name} trains {stage.mtp_layers}, and the model has {model.config.num_nextn_predict_layers}",
            "give stage.mtp_layers what the model has, or copy its first layer (pretrain/mtp.py)",
        )
    device = torch.device(settings.device)
    bf16 = has_bf16(device) if settings.bf16 is None else settings.bf16
    with StopRequest() as stop:
        while place.stage == batches.number:
            started = time.perf_counter()
            taken = stage.batches_of_step(place.batches)
            rate = stage.schedule.rate(place.batches * stage.batch_tokens, taken * stage.batch_tokens)
            mtp_weight = stage.mtp_weight_at(place.batches)
            chosen = [batches.batch(number) for number in range(place.batches, place.batches + taken)]
            try:
                result = train_step(model, chosen, optimiser, rate, mtp_weight, settings.clip, bf16, stage.mtp_layers)
            except TrainingStopped as error:
                kept = folder.latest_checkpoint()
                raise TrainingStopped(
                    f"stopped in step {place.step + 1}: {error.problem}",
                    f"{error.fix}; {f'the last good checkpoint is {kept}' if kept else 'no checkpoint was written yet'}",
                ) from None
            place = Place(place.step + 1, place.stage, place.batches + taken)
            ended = place.batches >= stage.batches
            if ended:
                place = Place(place.step, place.stage + 1)
            seconds = time.perf_counter() - started
            progress.update(place.step, result.loss, result.tokens / seconds)
            if place.step % settings.log_every == 0 or ended:
                folder.append_metrics(
                    {
                        "step": place.step,
                        "stage": stage.name,
                        "loss": result.loss,
                        "domain_losses": result.domain_losses,
                        "mtp_losses": result.mtp_losses,
                        "grad_norm": result.grad_norm,
                        "rate": rate,
                        "mtp_weight": mtp_weight,
                        "learnt_tokens": result.learnt,
                        "tokens": result.tokens,
                        "tokens_per_s": result.tokens / seconds,
                    }
                )
            if place.step % settings.checkpoint_every == 0 or ended or stop.asked:
                checkpoint.save(folder.checkpoint_path(place.step), model, optimiser, place)
                folder.prune_checkpoints(settings.keep)
                folder.note(f"checkpoint of step {place.step}, in stage {stage.name}")
            if stop.asked:
                raise KeyboardInterrupt
    return place
