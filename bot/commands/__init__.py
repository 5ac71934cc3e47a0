"""The commands of the command line, one module each: `add(parser)` describes it, `run(arguments, settings)` does it."""
