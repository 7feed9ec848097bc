"""`openmimo sft STAGE`: make the recipe's dialogues if they are not there, then fine-tune, or go on where it stopped."""

from pathlib import Path
from typing import Annotated

import tyro

from openmimo.pretrain.config import MTPConfig
from openmimo.recipes import mimo_7b, nano
from openmimo.sft.config import SFTConfig

Config = tyro.extras.subcommand_type_from_defaults(
    {"nano": nano.sft(), "nano-mtp": nano.mtp_again(), "mimo_7b": mimo_7b.sft(), "mimo_7b-mtp": mimo_7b.mtp_again()}, prefix_names=False
)


def main(config: Annotated[Config, tyro.conf.arg(name="")], runs: tyro.conf.CascadeSubcommandArgs[Path] = Path("runs")) -> int:  # type: ignore[valid-type]
    """Run the fine-tuning of a recipe, or what comes after it: the copies of its MTP layer tuned again.

    Any field can be changed by its flag. Ctrl-C saves a checkpoint, and the same command goes
    on from it.

    Args:
        config: The recipe.
        runs: The folder that run folders are made in.
    """
    from openmimo.pretrain import mtp
    from openmimo.sft.run import run

    if isinstance(config, MTPConfig):
        print(mtp.run(config, runs))
        return 0
    assert isinstance(config, SFTConfig)
    if config.recipe == nano.NAME:
        nano.DATA.make_dialogues(config)
    print(run(config, runs))
    return 0
