"""WiNEX Region: the regional public-health command system."""
