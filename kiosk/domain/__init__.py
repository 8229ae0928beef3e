"""The rules of the hall: standard library only, no clock, no I/O; time always comes as an argument."""
