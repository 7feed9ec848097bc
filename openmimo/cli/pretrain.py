"""`openmimo pretrain RECIPE`: make the recipe's data if it is not there, then pre-train, or go on where it stopped."""

from pathlib import Path

import tyro

from openmimo.pretrain.config import PretrainConfig
from openmimo.recipes import nano

Stage = tyro.extras.subcommand_type_from_defaults({"nano": nano.pretrain()}, prefix_names=False)


def main(config: tyro.conf.AvoidSubcommands[tyro.conf.OmitArgPrefixes[Stage]], runs: Path = Path("runs")) -> int:  # type: ignore[valid-type]
    """Run the pre-training stage of a recipe; any field can be changed by its flag.

    Ctrl-C saves a checkpoint, and the same command goes on from it.

    Args:
        config: The recipe.
        runs: The folder that run folders are made in.
    """
    from openmimo.pretrain.run import run

    assert isinstance(config, PretrainConfig)
    nano.make_documents(config)
    print(run(config, runs))
    return 0
