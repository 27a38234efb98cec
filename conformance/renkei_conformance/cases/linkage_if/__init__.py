"""連携インターフェース: the linkage interface, seen from the network."""
