"""What a browser says of itself, in words: “Firefox on Android”.

A short list in place of a library: it is read by one person who knows what they own, the well-kept
libraries weigh more than the whole script of the site, and a name that is missing here is no harm.
"""

# The first that occurs is meant: nearly every browser names those it descends from as well.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Version/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "an iPhone"),
    ("iPad", "an iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "a Chromebook"),
    ("Macintosh", "a Mac"),
    ("Linux", "Linux"),
)
UNKNOWN = "A browser we do not know"


def in_words(user_agent: str) -> str:
    """Return which browser on what a `User-Agent` header claims, as far as it is known here.

    An iPad says that it is a Mac, so Safari on a Mac is called what it may be.
    """
    browser = first(BROWSERS, user_agent)
    system = first(SYSTEMS, user_agent)
    if (browser, system) == ("Safari", "a Mac"):
        system = "a Mac or an iPad"
    if browser and system:
        return f"{browser} on {system}"
    return browser or (f"A browser on {system}" if system else UNKNOWN)


def first(names: tuple[tuple[str, str], ...], said: str) -> str:
    """Return our name for the first mark that occurs in what was said; "" for none."""
    return next((name for mark, name in names if mark in said), "")
