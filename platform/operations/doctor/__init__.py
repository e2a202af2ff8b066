"""What is wrong with this installation, what it means, and how to mend it.

`gathering` asks, the other modules judge plain values, `texts` has the words.
"""
