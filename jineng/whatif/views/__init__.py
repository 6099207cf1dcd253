"""Pages: `trials` from asking to the sums, `lines` down to one claim both ways.

Whatever needs the engine is imported where it is used: it takes two seconds to import, and the site
is to answer before.
"""
