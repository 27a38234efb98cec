"""Repeating a failure without us: for every failed case a Python file that stands alone and a curl line, beside a test
kit with the keys that they need.

    DIR/repro/kit.json     keys and certificates of the emulated parties, what the network serves; never the product's key
    DIR/repro/<case>.py    seals and signs the failing messages anew, sends them, looks at the same place again
    DIR/repro/<case>.sh    curl: the exact bytes of the failing message, as long as they hold

Written from the run record (`script.py` sorts its lines) and from what the forge noted of each message (`recipe.py`);
nothing is decided here. The files are text made of the templates in `text/`.
"""
