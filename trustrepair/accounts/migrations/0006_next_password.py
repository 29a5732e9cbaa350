from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_has_coach")]

    operations = [
        migrations.AddField(
            "user", "next_password", models.CharField(blank=True, default="", max_length=128), False
        ),
        migrations.AddField("user", "next_password_at", models.DateTimeField(null=True)),
    ]
