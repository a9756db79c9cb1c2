"""Python that is copied into kernels: only what a kernel calls, as it stands here.

Each file imports the library of its backend and nothing of symfisher.
"""
