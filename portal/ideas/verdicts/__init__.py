"""Does it solve it? What the people who wanted an idea say after it was shipped."""
