"""What a command's exit code says."""

FAILED = 1  # a derivation could not be done
WRONG = 2  # the input is wrong
INTERRUPTED = 130
BROKEN_PIPE = 141
