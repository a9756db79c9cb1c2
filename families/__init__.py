"""The bundled families: one file each, found by its name.

A family is added by adding a file; nothing else lists them.
"""
