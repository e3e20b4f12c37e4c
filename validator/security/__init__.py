"""What keeps strangers out and answers hardened."""
