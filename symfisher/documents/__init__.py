"""What leaves the program finished: fragments of papers, tables, slides and pictures of formulas."""
