"""Other people's reward code, run as it is: functions for TRL, files for verl, rubrics of verifiers, data sets of reasoning-gym."""
