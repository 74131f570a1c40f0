"""The vendor for whatever takes files: one file of JSON lines for each push in a folder, with a manifest."""
