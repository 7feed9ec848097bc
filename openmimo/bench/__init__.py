"""Our side of every comparison; peers run as processes of their own."""
