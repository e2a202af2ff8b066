"""What a learner has done: computed from submissions when read, never stored."""
