"""Holds back who guesses card numbers, and nobody else; one count for all workers of a site."""
