"""The firewall around labs that have a network: they reach the mirror of this machine and nothing else."""
