"""How likely it is to be clear, and realisations of weather drawn from that."""
