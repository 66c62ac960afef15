"""Wildcards as load balancers and distributions read them, on paths of a site that really was."""

from __future__ import annotations

import pytest

from aws14 import catalog
from aws14.sim.path_patterns import first_fit, fits


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("/images/*", "/images/logo.svg", True),
        ("/images/*", "/images/a/b/c.gif", True),
        ("/images/*", "/images/", True),
        ("/images/*", "/images", False),
        ("/images/*", "/Images/logo.svg", False),
        ("/images/*", "/news/images/logo.svg", False),
        ("images/*", "/images/logo.svg", True),
        ("*.gif", "/shuttle/a.gif", True),
        ("*.gif", "/shuttle/a.GIF", False),
        ("*.gif", "/a.gif?size=2", True),
        ("*.gif", "/cgi?a.gif", False),
        ("/a?.html", "/a1.html", True),
        ("/a?.html", "/a.html", False),
        ("/a?.html", "/a12.html", False),
        ("/a+b.(c)", "/a+b.(c)", True),
        ("/a.b", "/axb", False),
        ("*", "/anything/at/all", True),
        ("*", "/", True),
        ("/*", "/", True),
        ("/*/news", "/a/b/news", True),
    ],
)
def test_wildcards(pattern, path, expected):
    assert fits(pattern, path) is expected


def test_the_first_counts_not_the_longest():
    assert first_fit(["/news/*", "/news/images/*", "*"], "/news/images/a.gif") == 0
    assert first_fit(["/news/images/*", "/news/*", "*"], "/news/images/a.gif") == 0
    assert first_fit(["/news/images/*", "/news/*", "*"], "/news/today.html") == 1
    assert first_fit(["/a", "/b"], "/c") is None


def test_pictures_among_pages_cannot_be_told_apart_by_folder():
    urls = catalog.url_stream("nasa_13jul95").urls
    shuttle = {url.kind for url in urls if fits("/shuttle/*", url.path)}
    assert {"image", "html"} <= shuttle
    assert {url.kind for url in urls if fits("/icons/*", url.path)} == {"image"}
