"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at 46 MiB, one pass, one lane (OWASP ASVS 5.0, appendix C): slow to guess, and no
    lever for filling a small server's memory."""

    time_cost = 1
    memory_cost = 47_104
    parallelism = 1
