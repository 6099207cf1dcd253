"""Claims: batches of them handed in as files, checked, decided, listed and explained."""
