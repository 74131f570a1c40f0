"""The pages on which fields are filled in later: apart from them, because the page of the plan shows fields too."""
