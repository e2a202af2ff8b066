"""Groups of people who learn together: who is in them, what they are given, and who may do what in them."""
