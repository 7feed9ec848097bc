"""The MiMo architecture, and its weights on disk. Knows no text and no training."""
