"""From yields and demands to a plan and the keys it delivers."""
