"""中間インターフェース: the intermediate interface, seen through its answers and from the business side."""
