from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_next_password")]

    operations = [
        migrations.AddField(
            "user",
            "lock_minutes",
            models.PositiveSmallIntegerField(
                default=10, validators=[MinValueValidator(2), MaxValueValidator(30)]
            ),
        ),
    ]
