"""Everything about ideas as one file, and back into an empty portal: what comes out then is the same to the byte."""
