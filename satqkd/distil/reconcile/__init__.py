"""Ways to make Bob's bits Alice's: engines with the same verbs."""
