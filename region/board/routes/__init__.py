"""The screens and endpoints of the command board."""
