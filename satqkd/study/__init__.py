"""Many settings of one question: rates against loss, attacks, curves."""
