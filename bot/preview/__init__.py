"""The real bot on a simulated server in the local browser: no token, no network, nothing kept."""
