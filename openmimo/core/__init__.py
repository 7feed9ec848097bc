"""The ground floor: plain records, errors, files, run folders and logging. Imports no torch and nothing above it."""
