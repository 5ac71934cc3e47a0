"""Other ways in than Discord: an HTTP endpoint and an MCP server, with the answers of the command line."""
