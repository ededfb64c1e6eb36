"""Everything asked of tracing."""
