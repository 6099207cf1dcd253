"""Who may do what at the policy desk, by noun."""
