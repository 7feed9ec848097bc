"""`python -m openmimo` is the same as `openmimo`."""

from openmimo.cli.main import main

if __name__ == "__main__":
    main()
