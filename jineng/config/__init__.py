"""How the parts are put together: settings, addresses, the web entry, the launcher of the demo."""
