"""Sphinx: the pages of this folder as a site that asks for nothing from anywhere."""

import re

project = "policy_engine"
author = "the policy_engine maintainers"
extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_heading_anchors = 3
html_theme = "furo"
html_title = "policy_engine"
html_show_sphinx = False
html_show_copyright = False


def name_records(_, docname, source):
    """The headings of `facts.md` end with the id of a record; links go to that id."""
    if docname == "facts":
        source[0] = re.sub(r"^(## .*\(`(\w+)`\))$", r"(\2)=\n\1", source[0], flags=re.MULTILINE)


def setup(app):
    app.connect("source-read", name_records)
