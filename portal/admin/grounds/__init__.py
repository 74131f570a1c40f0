"""The grounds of declining, at the desk."""
