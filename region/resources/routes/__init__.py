"""The screens and endpoints of supplies and capacity."""
