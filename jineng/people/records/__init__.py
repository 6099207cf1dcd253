"""Insurance and employment records: what their files say, beside what is known."""
