"""The screens and endpoints of dispatch."""
