"""What error correction, authentication and untrusted devices cost."""
