"""The pages of merging: apart from it, because the page of an idea reads what was merged."""
