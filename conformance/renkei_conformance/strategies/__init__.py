"""Generation from the tables: valid first. What is wrong with a message is the forge's spoils."""
