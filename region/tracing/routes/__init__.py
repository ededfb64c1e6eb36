"""The screens and endpoints of tracing."""
