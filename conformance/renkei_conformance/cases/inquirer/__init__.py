"""Cases about a body that asks (inquirer role)."""
