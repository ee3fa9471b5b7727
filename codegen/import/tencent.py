"""Prints the facts of one of Tencent's APIs as JSON: `tencent.py WHEEL MEMBER EXAMPLES`.

Reads two members of a `tccli` wheel: the description of an API (`api.json`) and its examples. Takes names, types,
requiredness and the facts that texts state (`prose.py`), no texts. Runs nothing of the wheel.
"""

import json
import sys
import zipfile

import prose

# The types of members: (type, member) to the type in a spec. An object has the member's name.
PLAIN = {
    ("string", "string"): "string",
    ("string", "datetime"): "string",
    ("string", "datetime_iso"): "string",
    ("int", "int64"): "int",
    ("int", "uint64"): "uint",
    ("bool", "bool"): "bool",
    ("float", "float"): "float",
}
ITEMS = {"string": "string", "int64": "int", "uint64": "uint", "bool": "bool", "float": "float"}


def fail(what, why):
    sys.exit(f"{what}: {why}")


def read(wheel, name):
    try:
        with zipfile.ZipFile(wheel) as archive:
            return json.loads(archive.read(name))
    except KeyError:
        fail(name, "is not in the package")
    except (json.JSONDecodeError, UnicodeDecodeError, zipfile.BadZipFile, OSError) as error:
        fail(name, f"cannot be read: {error}")


def type_of(where, member, objects):
    kind, of = member["type"], member["member"]
    if (kind, of) in PLAIN:
        return PLAIN[kind, of]
    if kind in ("object", "list") and of in objects:
        return of if kind == "object" else f"list<{of}>"
    if kind == "list" and of in ITEMS:
        return f"list<{ITEMS[of]}>"
    fail(where, f"no rule takes the type {kind} of {of}")


def fields(name, objects):
    out = []
    for member in objects[name]["members"]:
        field = {"name": member["name"], "type": type_of(f"{name}.{member['name']}", member, objects)}
        if member.get("required") or member.get("output_required"):
            field["required"] = True
        if member.get("value_allowed_null"):
            field["nullable"] = True
        field.update(prose.tencent(field["type"], member.get("document") or "", field["name"]))
        out.append(field)
    return out


class Examples:
    """Clears `required` where an official example lacks the member, and sets `nullable` where one has null."""

    def __init__(self, operations, shapes):
        self.operations, self.shapes = operations, shapes

    def read(self, examples):
        for name, listed in examples["actions"].items():
            for example in listed if name in self.operations else []:
                try:
                    answer = json.loads(example["output"])["Response"]
                except (json.JSONDecodeError, KeyError, TypeError):
                    continue
                if isinstance(answer, dict) and "Error" not in answer:
                    self.members(self.operations[name]["output"], answer)

    def members(self, due, given):
        for field in due:
            if field["name"] not in given:
                field.pop("required", None)
            else:
                self.value(field, field["type"], given[field["name"]])

    def value(self, field, kind, given):
        if given is None:
            field["nullable"] = True
        elif kind.startswith("list<") and isinstance(given, list):
            for item in given:
                self.value({}, kind[5:-1], item)
        elif kind in self.shapes and isinstance(given, dict):
            self.members(self.shapes[kind]["fields"], given)


def main(wheel, api, examples):
    description = read(wheel, api)
    try:
        objects = description["objects"]
        operations = {}
        for name, action in description["actions"].items():
            operation = {"input": fields(action["input"], objects), "output": fields(action["output"], objects)}
            for field in operation["output"]:
                # Every answer has it, and the description does not say so.
                if field["name"] == "RequestId":
                    field["required"] = True
            if action["status"] == "deprecated":
                operation["deprecated"] = True
            elif action["status"] != "online":
                fail(name, f"no rule takes the status {action['status']}")
            operations[name] = operation
        calls = {action[side] for action in description["actions"].values() for side in ("input", "output")}
        shapes = {name: {"fields": fields(name, objects)} for name in objects if name not in calls}
    except (KeyError, TypeError, AttributeError) as error:
        fail(api, f"lacks {error}")
    Examples(operations, shapes).read(read(wheel, examples))
    for shape in shapes.values():
        for field in shape["fields"]:
            if not field.get("required"):
                field.pop("required", None)
    json.dump({"operations": operations, "shapes": shapes, "enums": {}, "skipped": {}}, sys.stdout, sort_keys=True)


main(*sys.argv[1:])
