"""The mathematics of training: shards, packing, losses, optimiser, schedule, checkpoints. Knows no task."""
