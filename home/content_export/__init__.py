"""The content of a site in a ZIP file, without accounts and registrations, and its import into an empty site.

`docs/content-export.md` describes the file. Each app says in its module `exported_content` which of its models it contains.
"""
