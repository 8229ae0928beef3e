"""The hall's memory: the only SQL besides the spool's."""
