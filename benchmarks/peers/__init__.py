"""The workload as others would write it: a module for each peer, with `outcomes` in the columns of `hand_written`."""
