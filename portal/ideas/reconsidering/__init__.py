"""The page side of confirming: apart from it, because the page of an idea reads what it keeps."""
