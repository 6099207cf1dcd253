"""Who gets in, who reaches what, and who may do it."""
