"""Results as text, tables and pictures, and the folder that holds them."""
