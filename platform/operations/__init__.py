"""What an admin watches and does: figures of the machine over a day, its health, seats, accounts."""
