"""Publish a podcast and a blog for people who must not be exposed."""

__version__ = "0.1.0"
