"""The screens and endpoints of sampling and testing."""
