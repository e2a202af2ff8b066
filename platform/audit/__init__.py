"""Who did what, when: a record that only grows."""
