"""Compares the inventory of the specs with the vendors' packages themselves: `inventory.py INVENTORY TCCLI_WHEEL`.

Prints each difference, then the number of operations that were compared. Nothing of the import is used: Tencent's
description is read from its wheel, Huawei's and Alibaba's classes are looked at as Python sees them.
"""

import importlib
import inspect
import json
import pkgutil
import re
import sys
import typing
import zipfile

PLAIN = {"int64": "int", "uint64": "uint", "datetime": "string", "datetime_iso": "string"}


class Specs:
    def __init__(self, inventory, product, version=None):
        of = lambda entry: entry["product"] == product and version in (None, entry.get("version", version))
        self.operations = [entry for entry in inventory["operations"] if of(entry)]
        self.shapes = {entry["name"]: entry for entry in inventory["shapes"] if of(entry)}


def differ(found, where, what):
    found.append(f"{where}: {what}")


# Types of the specs that are more precise than what a package says, or that state what it leaves open.
def fits(ours, theirs):
    if ours == theirs or "any" in (ours, theirs):
        return True
    if ours.startswith("list<") and theirs.startswith("list<"):
        return fits(ours[5:-1], theirs[5:-1])
    if ours.startswith("map<") and theirs.startswith("map<"):
        return fits(ours[4:-1], theirs[4:-1])
    numbers = {"int", "uint"}
    texts = {"string", "timestamp"}
    return {ours, theirs} <= numbers or (theirs in texts and (ours in texts or ours.startswith("json")))


def is_shape(kind):
    return kind[:1].isupper() and not kind.startswith(("list<", "map<"))


def inner(kind):
    match = re.fullmatch(r"(?:list|map)<(.*)>", kind)
    return inner(match[1]) if match else kind


def members(found, seen, specs, where, ours, theirs, shape_of):
    """`theirs` is a list of (name, type, required or None)."""
    by_name = {}
    for field in ours:
        for name in [field["name"], *field.get("aliases", [])]:
            by_name[name] = field
    for name, kind, required in theirs:
        field = by_name.get(name)
        if field is None:
            differ(found, where, f"{name} is missing")
            continue
        own = field["type"]
        if is_shape(inner(own)) and is_shape(inner(kind)):
            if own.count("<") != kind.count("<"):
                differ(found, f"{where}.{name}", f"{own} by the specs, {kind} in the package")
            pair = (inner(own), inner(kind))
            if pair not in seen and inner(own) in specs.shapes:
                seen.add(pair)
                members(found, seen, specs, inner(own), specs.shapes[inner(own)]["fields"], shape_of(inner(kind)), shape_of)
        elif not fits(own, kind):
            differ(found, f"{where}.{name}", f"{own} by the specs, {kind} in the package")
        if required and not field["required"] and "public" in field.get("editions", []):
            # What only public clouds have of a shared structure cannot be required of private ones.
            continue
        if required and not field["required"]:
            differ(found, f"{where}.{name}", "is required in the package")


def tencent(found, inventory, wheel, product, version, folder):
    specs = Specs(inventory, product, version)
    with zipfile.ZipFile(wheel) as archive:
        api = json.loads(archive.read(f"tccli/services/{product}/{folder}/api.json"))

    def kind(member):
        of = PLAIN.get(member["member"], member["member"])
        return f"list<{of}>" if member["type"] == "list" else of

    def listed(name):
        return [(m["name"], kind(m), m.get("required")) for m in api["objects"][name]["members"]]

    own = {operation["operation"]: operation for operation in specs.operations}
    for name, action in api["actions"].items():
        if name not in own:
            differ(found, product, f"{name} is missing")
            continue
        imported = own[name].get("editions") == ["public"]
        for side, of in (("input", action["input"]), ("output", action["output"])):
            theirs = listed(of)
            if not imported or side == "output":
                theirs = [(name, kind, None) for name, kind, _ in theirs]
            members(found, set(), specs, f"{name}", own[name][side], theirs, lambda shape: [
                (name, kind, None) for name, kind, _ in listed(shape)
            ])
    return len(api["actions"])


def huawei(found, inventory):
    specs = Specs(inventory, "cce")
    package = importlib.import_module("huaweicloudsdkcce.v3")
    client = package.CceClient
    plain = {"str": "string", "bool": "bool", "int": "int", "float": "float", "object": "any", "datetime": "timestamp", "date": "timestamp"}

    def kind(text):
        if text in plain:
            return plain[text]
        if match := re.fullmatch(r"list\[(.*)\]", text):
            item = kind(match[1])
            return "any" if item.startswith(("list<", "map<")) else f"list<{item}>"
        if match := re.fullmatch(r"dict\(str, (.*)\)", text):
            item = kind(match[1])
            return "any" if item.startswith("map<") else f"map<{item}>"
        # A class without members stands for a list of values.
        return text if getattr(getattr(package, text), "openapi_types", None) else "string"

    def listed(name):
        shape = getattr(package, name)
        return [(shape.attribute_map[each], kind(text), None) for each, text in shape.openapi_types.items()]

    by_path = {(o["method"], re.sub(r"\{[^}]*\}", "{}", o["path"]).rstrip("/")): o for o in specs.operations}
    count = skipped = 0
    for name, function in inspect.getmembers(client, inspect.ismethod):
        if not name.endswith("_http_info"):
            continue
        source = inspect.getsource(function)
        method = re.search(r'"method": "(\w+)"', source)[1]
        path = re.search(r'"resource_path": "([^"]+)"', source)[1]
        answer = re.search(r'"response_type": "(\w+)"', source)[1]
        operation = by_path.get((method, re.sub(r"\{[^}]*\}", "{}", path).rstrip("/")))
        moves = "multipart/form-data" in source or "stream" in source.split('"response_type"')[1][:400].lower()
        if operation is None:
            if "multipart" in source or path.endswith("/archive"):
                skipped += 1
                continue
            differ(found, "cce", f"{method} {path} is missing")
            continue
        count += 1
        class_name = answer.removesuffix("Response") + "Request"
        if hasattr(package, class_name):
            theirs = []
            for wire, type_, _ in listed(class_name):
                if wire == "body" and is_shape(type_):
                    theirs += listed(type_)
                elif wire not in ("body", "X-Cluster-ID"):
                    theirs.append((wire, type_, None))
            theirs = [each for each in theirs if "{" + each[0] + "}" not in path]
            members(found, set(), specs, operation["operation"], operation["input"], theirs, listed)
        theirs = [each for each in listed(answer) if each[0] != "body"]
        if not any(field.get("payload") for field in operation["output"]):
            members(found, set(), specs, operation["operation"], operation["output"], theirs, listed)
    return count, skipped


def alibaba(found, inventory):
    specs = Specs(inventory, "ack")
    package = importlib.import_module("alibabacloud_cs20151215.models")
    client = importlib.import_module("alibabacloud_cs20151215.client").Client
    classes = {name: each for name, each in inspect.getmembers(package, inspect.isclass)}
    plain = {str: "string", int: "int", float: "float", bool: "bool", typing.Any: "any", dict: "map<any>"}

    def kind(annotation):
        if annotation in plain:
            return plain[annotation]
        origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is list:
            item = kind(arguments[0])
            return "any" if item.startswith(("list<", "map<")) else f"list<{item}>"
        if origin is dict:
            item = kind(arguments[1])
            return f"map<{'any' if item.startswith('map<') else item}>"
        if isinstance(annotation, str):
            if match := re.fullmatch(r"List\[(.*)\]", annotation):
                item = kind(match[1])
                return "any" if item.startswith(("list<", "map<")) else f"list<{item}>"
            if match := re.fullmatch(r"Dict\[str, (.*)\]", annotation):
                item = kind(match[1])
                return f"map<{'any' if item.startswith('map<') else item}>"
            words = {"str": "string", "Any": "any", "dict": "map<any>"}
            return words.get(annotation, annotation.rsplit(".", 1)[-1])
        if isinstance(annotation, typing.ForwardRef):
            return annotation.__forward_arg__.rsplit(".", 1)[-1]
        return annotation.__name__

    def listed(name):
        shape = classes[name]
        source = inspect.getsource(shape.to_map)
        wires = dict((attribute, wire) for wire, attribute in re.findall(r"result\['([^']+)'\] = self\.(\w+)", source))
        wires.update((attribute, wire) for attribute, wire in re.findall(r"for k\d? in self\.(\w+):[\s\S]*?result\['([^']+)'\]", source))
        for wire, attribute in re.findall(r"result\['([^']+)'\] = (?:\[\]|\{\})\s+if self\.(\w+)", source):
            wires[attribute] = wire
        hints = inspect.signature(shape.__init__).parameters
        return [(wires.get(each, each), kind(parameter.annotation), None) for each, parameter in hints.items() if each != "self"]

    own = {operation["operation"]: operation for operation in specs.operations}
    count = 0
    for name, function in inspect.getmembers(client, inspect.isfunction):
        if not name.endswith("with_options"):
            continue
        source = inspect.getsource(function)
        action = re.search(r"action\s*=\s*'(\w+)'", source)[1]
        count += 1
        if action not in own:
            differ(found, "ack", f"{action} is missing")
            continue
        operation = own[action]
        request = f"{action}Request"
        if request in classes and not any(field.get("payload") for field in operation["input"]):
            theirs = [each for each in listed(request) if each[0] != "body"]
            members(found, set(), specs, action, operation["input"], theirs, listed)
        body = f"{action}ResponseBody"
        if body in classes and not any(field.get("payload") for field in operation["output"]):
            members(found, set(), specs, action, operation["output"], listed(body), listed)
    return count


def main(path, wheel):
    with open(path, encoding="utf-8") as file:
        inventory = json.load(file)
    found = []
    counts = [
        tencent(found, inventory, wheel, "tke", "2018-05-25", "v20180525"),
        tencent(found, inventory, wheel, "tke", "2022-05-01", "v20220501"),
        tencent(found, inventory, wheel, "tcr", "2019-09-24", "v20190924"),
        huawei(found, inventory),
        alibaba(found, inventory),
    ]
    for line in found:
        print(line)
    print(counts)


main(*sys.argv[1:])
