"""Fixed sets of packages for `apt-get`, `pip` and `npm` inside labs: lists in `labs/packages`, filled by set-up."""
