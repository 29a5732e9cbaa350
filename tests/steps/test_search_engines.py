"""Search engines are let into the public reading and nowhere else."""

from xml.etree import ElementTree

import pytest
from django.test import Client

from steps import catalogue


def test_robots_may_read_four_places(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    lines = response.content.decode().splitlines()
    allowed = [line.removeprefix("Allow: ") for line in lines if line.startswith("Allow: ")]
    assert allowed == ["/$", "/guide/", "/safety/", "/privacy/"]
    assert "Disallow: /" in lines
    assert "Sitemap: http://localhost:8000/sitemap.xml" in lines


def test_the_sitemap_lists_the_guide_alone_and_every_page_of_it(client: Client) -> None:
    response = client.get("/sitemap.xml")
    assert response.headers["Content-Type"].startswith("application/xml")
    tree = ElementTree.fromstring(response.content)
    listed = [
        node.text or "" for node in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    guide = catalogue.get()
    pieces = [guide.causes, guide.steps, guide.tools, guide.exercises]
    assert len(listed) == len(set(listed)) == 1 + sum(len(one) for one in pieces)
    assert all(address.startswith("http://localhost:8000/guide/") for address in listed)
    for address in listed[:1] + listed[-3:]:
        assert client.get(address.removeprefix("http://localhost:8000")).status_code == 200


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml", "/accounts/login/", "/begin/"])
def test_every_other_page_is_kept_from_search_engines(client: Client, path: str, db: None) -> None:
    assert client.get(path).headers["X-Robots-Tag"] == "noindex, nofollow"
