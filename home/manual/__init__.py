"""The manual for editors, in Help > Manual: a Markdown file for each task and language, in the folders beside this file."""
