"""The screens and endpoints of care."""
