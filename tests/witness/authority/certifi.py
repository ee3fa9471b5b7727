"""A replacement of the package certifi: the authority of the server under test.

`tccli` speaks HTTPS alone, and takes no other authorities than those of certifi.
"""

import os


def where():
    return os.environ["WHARF_AUTHORITY"]
