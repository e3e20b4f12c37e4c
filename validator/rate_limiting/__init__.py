"""Rate limits: guesses of card numbers, uploads and failed sign-ins, counted for all processes of a site."""
