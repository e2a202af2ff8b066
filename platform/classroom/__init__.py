"""A class at work: who is where, who needs help, and what an instructor does for all of them at once."""
