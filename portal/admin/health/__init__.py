"""Whether everything runs: readers, worker, versions."""
