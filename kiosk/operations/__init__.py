"""The verbs of the hall: one function is one transaction, accepted or refused as a whole."""
