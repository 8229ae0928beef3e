"""Thermal printing for Chinese paper: documents in, slips out; it knows no tickets and no hall."""
