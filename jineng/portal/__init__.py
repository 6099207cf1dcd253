"""The frame around every page: base template, components, home page, error pages."""
