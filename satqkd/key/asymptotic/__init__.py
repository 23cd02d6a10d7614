"""Rates in the asymptotic limit, and the bounds no protocol passes."""
