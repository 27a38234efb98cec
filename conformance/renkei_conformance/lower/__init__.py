"""The lower tester: the tap between product and network, and the network as the forge plays it."""
