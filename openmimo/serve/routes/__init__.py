"""The routes, one file for each dialect: what a client sends in, what it reads out."""
