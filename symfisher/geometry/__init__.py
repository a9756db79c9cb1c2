"""The parameter space as a manifold, with the Fisher information as its metric."""
