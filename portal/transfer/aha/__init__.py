"""Import of ideas and idea votes of Aha!, as its API gives them in JSON or its lists in CSV: proxy votes with proof too."""
