"""One file for each target; adding one is adding its file (see ``symfisher.codegen.backend``)."""
