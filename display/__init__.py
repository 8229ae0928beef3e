"""Hall screens and the hall's voice: values in, pictures and sound out; no rule and no query lives here."""
