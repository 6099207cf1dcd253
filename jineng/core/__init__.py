"""What every context stands on and no business noun is in: keys, requests, jobs, long tables."""
