"""What `make test` and `make check` run, with a budget for each and the services that they need."""
