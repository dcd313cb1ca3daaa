"""The Huey consumer: claims results, supervises runners and writes what they report."""
