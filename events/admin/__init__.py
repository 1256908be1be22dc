"""The organiser's desk: what the people of an event's registration see and do in the editor's side.

One module for each screen; `urls` says where they are, `base` who may open them.
"""
