"""Numbers: sample points, evaluation of expressions, and expectations by quadrature.

This floor is the ground truth that every closed form is held against, so it knows nothing of how
one was derived.
"""
