"""Prints the OpenAPI document: ``python -m faultpath.api.document > web/openapi.json``."""

from __future__ import annotations

import json
import sys

from faultpath import __version__
from faultpath.api.app import build_api, openapi_document


def main() -> None:
    """Write the document to standard output, with sorted keys, so that two of them can be compared."""
    json.dump(openapi_document(build_api(__version__)), sys.stdout, indent=1, sort_keys=True)
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
