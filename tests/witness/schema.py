"""Checks files against a JSON Schema: `schema.py <schema> <file>...`. Prints each fault with its file and place."""

import json
import sys
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match


def main(schema: str, *files: str) -> int:
    schema = json.loads(Path(schema).read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    faults = 0
    for file in files:
        for error in validator.iter_errors(json.loads(Path(file).read_text(encoding="utf-8"))):
            # Of a file that is of none of the kinds, the fault in the kind that it comes nearest to.
            nearest = best_match([error])
            print(f"{file}: {nearest.json_path}: {nearest.message[:300]}")
            faults += 1
    print(f"{len(files)} files, {faults} faults")
    return 1 if faults else 0


sys.exit(main(*sys.argv[1:]))
