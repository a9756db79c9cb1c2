"""Pictures of densities, information and bounds; they need matplotlib (``symfisher[plot]``).

Each function draws on the axes that it is given, or on new ones, and returns them.
"""
