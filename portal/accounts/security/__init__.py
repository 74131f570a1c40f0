"""Flask-Security, fitted to our tables, forms, pages and manners."""
