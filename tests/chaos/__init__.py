"""What must hold while everything around it breaks: `make chaos`, part by part.

A part is a module with `run(site, times)`, which breaks things that often and returns a `Found`.
It is named in `PARTS` of `__main__`.
"""
