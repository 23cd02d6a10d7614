"""Key of one link: BB84 with and without decoys, with single photons, and its best settings."""
