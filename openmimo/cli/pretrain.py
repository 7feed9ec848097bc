"""`openmimo pretrain STAGE`: make the recipe's data if it is not there, then pre-train, or go on where it stopped."""

from pathlib import Path
from typing import Annotated

import tyro

from openmimo.pretrain.config import MTPConfig, PretrainConfig
from openmimo.recipes import mimo_7b, nano

Config = tyro.extras.subcommand_type_from_defaults(
    {"nano": nano.pretrain(), "nano-mtp": nano.mtp(), "mimo_7b": mimo_7b.pretrain(), "mimo_7b-mtp": mimo_7b.mtp()}, prefix_names=False
)


def main(config: Annotated[Config, tyro.conf.arg(name="")], runs: tyro.conf.CascadeSubcommandArgs[Path] = Path("runs")) -> int:  # type: ignore[valid-type]
    """Run the pre-training of a recipe, or what comes after it: its MTP layer copied, and the copies tuned.

    Any field can be changed by its flag. Ctrl-C saves a checkpoint, and the same command goes
    on from it.

    Args:
        config: The recipe.
        runs: The folder that run folders are made in.
    """
    from openmimo.pretrain import mtp, run

    if isinstance(config, MTPConfig):
        print(mtp.run(config, runs))
        return 0
    assert isinstance(config, PretrainConfig)
    if config.recipe == nano.NAME:
        nano.DATA.make_documents(config)
    print(run.run(config, runs))
    return 0
