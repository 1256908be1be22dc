"""Benchmarks of the whole site, which `make bench` runs."""
