"""The words of the demo's fact sheets, one module per language, all of the same shape.

A sheet is shown as a page and set as a PDF, from the same words. In `sections`, a string is a paragraph, a list holds
bullet points, and a dictionary is a table.
"""

from factsheets.demo.words import el, en, et, fi

WORDS = {"en": en, "fi": fi, "et": et, "el": el}
