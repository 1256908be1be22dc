"""Guest lists: reads an uploaded table, shows a preview of the import, and registers or invites the people in it."""
