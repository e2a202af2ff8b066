"""What checks read of the programs that run in a sandbox: its own engine, its servers. All of it may be lies."""
