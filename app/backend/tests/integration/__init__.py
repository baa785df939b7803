"""Tests against real PostgreSQL, Redis and uvicorn processes."""
