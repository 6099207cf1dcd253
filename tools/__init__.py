"""Programs that prepare and check a checkout; no part of the product."""
