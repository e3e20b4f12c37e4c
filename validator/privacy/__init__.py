"""What is kept about cards: under keys that are forgotten in time, and given out or erased on request."""
