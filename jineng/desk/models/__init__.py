"""Tables of the context `desk`, split by noun."""
