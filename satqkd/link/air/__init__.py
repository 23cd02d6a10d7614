"""What the air absorbs and scatters on the way."""
