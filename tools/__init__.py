"""Set-up, supervisor and test suites of a clone: plain Python, standard library only, run as `python3 -m tools`."""
