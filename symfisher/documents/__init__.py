"""What leaves the program finished: fragments of papers, tables, slides, pictures of formulas."""
