"""What the host's commands do with keys. Only `manage.py keys` may import this package."""
