"""The made-up province, and the doors of the demo."""
