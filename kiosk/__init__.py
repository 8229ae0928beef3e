"""The touchscreen of a public service hall, and the application behind everything."""
