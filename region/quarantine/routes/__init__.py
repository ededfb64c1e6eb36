"""The screens and endpoints of quarantine."""
