"""The smallest Wagtail site: one type of page without fields, and one template that shows its title."""
