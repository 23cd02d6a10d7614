"""How much light arrives, term by term, and how much stray light with it."""
