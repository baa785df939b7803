"""What the service answers to, a module a topic. Paths stand in full, so that grep finds them."""
