"""The inbox: what users are told, in the site, by e-mail and by text message."""
