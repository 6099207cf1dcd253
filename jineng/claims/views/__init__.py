"""Pages: `batches` from upload to errors, `lines` from the list of decisions to one explained.

Whatever needs the engine is imported where it is used: it takes two seconds to import, and the site
is to answer before.
"""
