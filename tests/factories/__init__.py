"""Pages and rows for tests, made as the site itself makes them."""
