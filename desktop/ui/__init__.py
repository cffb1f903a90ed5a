"""The window: the only package that imports the toolkit."""
