"""`make install`: the site as systemd units, so that it comes back by itself."""
