"""Signing in: passwords, second factors, devices, delays after failures, and how long it lasts."""
