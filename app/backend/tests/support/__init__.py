"""Servers that the tests start themselves, on free loopback ports, in folders of their own."""
