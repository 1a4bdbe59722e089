"""How the second look's model is made: sentences that the project wrote, and rows of a collection whose licence allows it."""
