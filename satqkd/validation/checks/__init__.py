"""What can be held against published figures: each check calls the product's own functions."""
