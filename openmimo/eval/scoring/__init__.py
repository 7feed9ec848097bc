"""Scorers of answers that are neither mathematics nor code: letters, words, and instructions that can be checked."""
