"""`openmimo sft RECIPE`: make the recipe's dialogues if they are not there, then fine-tune, or go on where it stopped."""

from pathlib import Path

import tyro

from openmimo.recipes import nano
from openmimo.sft.config import SFTConfig

Stage = tyro.extras.subcommand_type_from_defaults({"nano": nano.sft()}, prefix_names=False)


def main(config: tyro.conf.AvoidSubcommands[tyro.conf.OmitArgPrefixes[Stage]], runs: Path = Path("runs")) -> int:  # type: ignore[valid-type]
    """Run the fine-tuning stage of a recipe; any field can be changed by its flag.

    Ctrl-C saves a checkpoint, and the same command goes on from it.

    Args:
        config: The recipe.
        runs: The folder that run folders are made in.
    """
    from openmimo.sft.run import run

    assert isinstance(config, SFTConfig)
    nano.make_dialogues(config)
    print(run(config, runs))
    return 0
