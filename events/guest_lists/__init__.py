"""Guest lists: reading an uploaded table, showing what would follow, and registering or inviting the people in it."""
