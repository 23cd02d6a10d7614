"""How likely it is to be clear, and histories of weather drawn from that."""
