"""The screens and endpoints of zones."""
