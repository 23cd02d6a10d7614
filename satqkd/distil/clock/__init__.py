"""From times of clicks to numbers of pulses: the transmitter's clock, found in the clicks."""
