"""What could I get: what somebody answers, what is asked next, what comes of it."""
