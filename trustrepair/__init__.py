"""The house around guide and journal: settings, accounts, doors, privacy."""

__version__ = "0.1.0"
