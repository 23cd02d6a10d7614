"""What moving air does to a beam: spread, scintillation, coupling into a fibre."""
