"""Exports the content of a site to a ZIP file, without accounts and registrations, and imports it into an empty site.

`docs/content-export.md` describes the file. Each app lists its exported models in its module `exported_content`.
"""
