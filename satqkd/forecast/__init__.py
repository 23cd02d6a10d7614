"""From contacts of satellite and stations to what each gives: light, clicks, key."""
