"""The command line (renkei): it alone knows all houses, and loads one only when its verb is called."""
