"""The Docker Engine that runs labs: the one that answers, or one of our own beside nothing and nobody else."""
