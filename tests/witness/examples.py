"""Prints the official examples of a `tccli` wheel, a JSON line for each: `examples.py WHEEL`.

Each line has product, version, operation, the input as an object, and the output as text.
"""

import json
import sys
import zipfile


def typed(text, kind):
    if kind in ("int", "int64", "uint64"):
        return int(text)
    if kind == "float":
        return float(text)
    if kind == "bool":
        return text.lower() == "true"
    return text


def unflatten(pairs, members, objects):
    """Parameters such as `Filters.0.Name` as nested objects and lists, with the types of the description."""
    by_name = {member["name"]: member for member in members}
    out, nested = {}, {}
    for name, value in pairs:
        first, _, rest = name.partition(".")
        if rest:
            nested.setdefault(first, []).append((rest, value))
        elif first in by_name:
            member = by_name[first]
            out[first] = typed(value, member["type"]) if member["type"] not in ("list", "object") else value
        else:
            out[first] = value
    for name, inner in nested.items():
        member = by_name.get(name)
        shape = objects.get(member["member"], {}).get("members", []) if member else []
        if member and member["type"] == "list":
            items = {}
            for rest, value in inner:
                at, _, further = rest.partition(".")
                items.setdefault(int(at), []).append((further, value))
            out[name] = [
                unflatten(items[at], shape, objects) if items[at][0][0] else typed(items[at][0][1], member["member"])
                for at in sorted(items)
            ]
        else:
            out[name] = unflatten(inner, shape, objects)
    return out


def input_of(text, members, objects):
    if text.startswith("POST"):
        body = text.partition("\n\n")[2]
        return json.loads(body or "{}")
    query = text.partition("?")[2]
    pairs = []
    for part in query.split("\n&"):
        name, equals, value = part.strip().partition("=")
        if equals and name != "Action" and "<" not in name:
            pairs.append((name, value))
    return unflatten(pairs, members, objects)


def main(wheel):
    with zipfile.ZipFile(wheel) as archive:
        for product, version, folder in (
            ("tke", "2018-05-25", "v20180525"),
            ("tke", "2022-05-01", "v20220501"),
            ("tcr", "2019-09-24", "v20190924"),
        ):
            read = lambda name: json.loads(archive.read(f"tccli/services/{product}/{folder}/{name}.json"))
            objects = read("api")["objects"]
            for operation, examples in read("examples")["actions"].items():
                for at, example in enumerate(examples):
                    members = objects[f"{operation}Request"]["members"]
                    line = {"product": product, "version": version, "operation": operation, "at": at}
                    line["input"] = input_of(example["input"], members, objects)
                    line["output"] = example["output"]
                    print(json.dumps(line))


main(*sys.argv[1:])
