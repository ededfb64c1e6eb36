"""Everything that changes tracing."""
