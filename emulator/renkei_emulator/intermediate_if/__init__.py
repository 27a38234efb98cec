"""中間インターフェース (中間IF): the side of a body that knows persons by its own numbers (seed §4-3)."""
