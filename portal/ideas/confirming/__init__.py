"""A text that changed since somebody voted: they see how, and after a large change are asked again."""
