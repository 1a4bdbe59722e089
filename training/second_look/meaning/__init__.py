"""How the second look's encoder is tuned (torch): the lower layers stay as they were published, the upper ones learn."""
