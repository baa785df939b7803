"""Tests of the backend. Those in `integration` start real servers; see `support`."""
