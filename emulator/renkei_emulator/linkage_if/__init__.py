"""連携インターフェース (連携IF): the side of a body that faces the network (seed §4-3)."""
