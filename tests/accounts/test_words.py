"""trustrepair/locale/: our words for allauth's and Django's."""

import ast
import gettext
import re
from pathlib import Path

import allauth
import django
from django.conf import settings

FOLDER = settings.BASE_DIR / "trustrepair" / "locale" / "en_GB" / "LC_MESSAGES"
LINE = re.compile(r'^(msgid|msgid_plural|msgstr|msgstr\[(\d)\]) (".*")$')


def written() -> dict[object, str]:
    """Return the catalogue as it is written, in the shape `gettext` has it once compiled."""
    found: dict[object, str] = {}
    key = ""
    for line in (FOLDER / "django.po").read_text("utf-8").splitlines():
        if match := LINE.match(line):
            words = ast.literal_eval(match[3])
            if match[1] == "msgid":
                key = words
            elif match[2]:
                found[key, int(match[2])] = words
            elif match[1] == "msgstr":
                found[key] = words
    return {key: words for key, words in found.items() if key}


def test_the_compiled_catalogue_says_what_the_written_one_says() -> None:
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = dict(gettext.GNUTranslations(file)._catalog)
    assert {key: words for key, words in compiled.items() if key} == written()


def test_every_sentence_that_we_replace_is_still_said() -> None:
    said: set[str] = set()
    for source in sources():
        said |= set(re.findall(r'^msgid "(.*)"$', source.replace('"\n"', ""), re.MULTILINE))
    ours = {key[0] if isinstance(key, tuple) else key for key in written()}
    assert sorted(words for words in ours if str(words).replace('"', '\\"') not in said) == []


def sources() -> list[str]:
    """Return the catalogues from which translators of allauth and Django work."""
    django_home, allauth_home = Path(django.__file__).parent, Path(allauth.__file__).parent
    files = [
        django_home / "conf" / "locale" / "en" / "LC_MESSAGES" / "django.po",
        django_home / "contrib" / "auth" / "locale" / "en" / "LC_MESSAGES" / "django.po",
        allauth_home / "locale" / "en" / "LC_MESSAGES" / "django.po",
    ]
    return [file.read_text("utf-8") for file in files]


def test_no_word_of_ours_shouts() -> None:
    for words in written().values():
        assert "!" not in words
        assert not re.search(r"\b(oops|sorry|please contact|successfully)\b", words.lower())
