"""One learner's run of one lab:

its states, its deadlines, the pool of warm sandboxes, and the loop that keeps them true.
"""
