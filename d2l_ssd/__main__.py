"""`python -m d2l_ssd` is the command line `d2l-ssd`."""

from d2l_ssd.cli import main

if __name__ == "__main__":
    main()
