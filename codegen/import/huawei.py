#!/usr/bin/env python3
"""Print the facts of Huawei Cloud's API CCE v3 as one JSON document.

Use: huawei.py <wheel>.  The vendor's code is parsed with ast, never imported or run.  Of the texts, the facts that
they state are taken (prose.py).
"""
import ast
import json
import re
import sys
import zipfile

import prose

CLIENT = "huaweicloudsdkcce/v3/cce_client.py"
MODELS = "huaweicloudsdkcce/v3/model/"
SIMPLE = {"str": "string", "int": "int", "long": "int", "int64": "int", "float": "float",
          "bool": "bool", "date": "timestamp", "datetime": "timestamp", "object": "any"}
# Names, paths and values that are let into the output: plain ASCII with no spaces.
PLAIN = re.compile(r"[A-Za-z0-9_.:/{}-]{1,160}")


class Stop(Exception):
    """Ends the run; holds the package member and the cause."""

    def __init__(self, member, cause):
        super().__init__(" ".join(f"{member}: {cause}".split()))


def plain(text, member):
    if not isinstance(text, str) or not PLAIN.fullmatch(text):
        raise Stop(member, f"not a plain name or value: {text!r}")
    return text


def parse(wheel, member):
    try:
        return ast.parse(wheel.read(member).decode("utf-8"))
    except KeyError:
        raise Stop(member, "missing from the wheel") from None
    except (SyntaxError, ValueError, zipfile.BadZipFile) as error:
        raise Stop(member, f"cannot be read: {error}") from None


def literal(node, member):
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError):
        raise Stop(member, f"line {node.lineno}: not a literal") from None


class Model:
    """One class of the model folder: its members, or its values if it is an enum."""

    def __init__(self, node, member):
        self.name, self.member = plain(node.name, member), member
        self.bases = [ast.unparse(base) for base in node.bases]
        data = {}
        for item in node.body:
            if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
                data[item.targets[0].id] = literal(item.value, member)
        if "openapi_types" not in data or "attribute_map" not in data:
            raise Stop(member, "openapi_types or attribute_map is missing")
        self.types, self.wire = data.pop("openapi_types"), data.pop("attribute_map")
        data.pop("sensitive_list", None)
        # What is left over are the values of an enum class.
        self.values = [plain(value, member) for value in data.values()]
        if self.values and self.types:
            raise Stop(member, "class has both members and enum values")
        words = [*self.types, *self.types.values(), *self.wire.values()]
        if (not all(isinstance(x, str) for x in words) or set(self.types) != set(self.wire)
                or len(set(self.wire.values())) != len(self.wire)):
            raise Stop(member, "openapi_types and attribute_map do not go together")
        self.required = self.find_required(node) if self.types else set()
        self.texts = {item.name: text_of(item) for item in node.body
                      if isinstance(item, ast.FunctionDef) and item.name in self.types
                      and any(ast.unparse(x) == "property" for x in item.decorator_list)}

    def find_required(self, node):
        """Members that __init__ assigns outside an `if <name> is not None` guard."""
        init = [x for x in node.body if isinstance(x, ast.FunctionDef) and x.name == "__init__"]
        if len(init) != 1:
            raise Stop(self.member, "__init__ is missing")
        free, guarded = set(), set()
        for item in init[0].body:
            test = ast.unparse(item.test) if isinstance(item, ast.If) else None
            for name in (x for node in (item.body if test else [item]) for x in self_targets(node)):
                if test and test != f"{name} is not None":
                    raise Stop(self.member, f"unknown guard for {name}")
                (guarded if test else free).add(name)
        free &= set(self.types)
        if free & guarded or free | guarded != set(self.types):
            raise Stop(self.member, "members assigned in __init__ are not those of openapi_types")
        return free


def self_targets(node):
    """Names x in an assignment of the form self.x = ..."""
    targets = node.targets if isinstance(node, ast.Assign) else []
    return [x.attr for x in targets if ast.unparse(x).startswith("self.")]


def text_of(getter):
    """What the docstring of a property says about it, between its title and its type."""
    parts = (ast.get_docstring(getter) or "").split("\n\n", 1)
    return parts[1].split("\n\n:return:")[0] if len(parts) == 2 else ""


class Api:
    def __init__(self, wheel):
        self.models, self.client = {}, parse(wheel, CLIENT)
        for member in sorted(wheel.namelist()):
            if not re.fullmatch(re.escape(MODELS) + r"(?!__init__)\w+\.py", member):
                continue
            classes = [x for x in parse(wheel, member).body if isinstance(x, ast.ClassDef)]
            if len(classes) != 1 or classes[0].name in self.models:
                raise Stop(member, "does not have exactly one class with an unused name")
            self.models[classes[0].name] = Model(classes[0], member)
        self.operations, self.skipped, self.enums, self.seen = {}, {}, {}, set()

    def convert(self, text, member):
        """The output's type for a vendor's type, and the enum it leads to (or None)."""
        if text in SIMPLE:
            return SIMPLE[text], None
        inner = re.fullmatch(r"(list)\[(.+)\]|(dict)\(str, ?(.+)\)", text)
        if inner:
            outer, item = [x for x in inner.groups() if x]
            kind, enum = self.convert(item, member)
            # Lists of lists, lists of maps and maps of maps have no form of their own.
            if item.startswith("dict(") or outer == "list" and item.startswith("list["):
                return "any", None
            return ("list" if outer == "list" else "map") + f"<{kind}>", enum
        if text not in self.models:
            raise Stop(member, f"type {text!r} fits no rule")
        if self.models[text].values:
            return "string", text
        self.seen.add(text)
        return text, None

    def field(self, model, key, place=None, payload=False):
        kind, enum = self.convert(model.types[key], model.member)
        if enum:
            self.enums[enum] = self.models[enum].values
        out = {"name": plain(model.wire[key], model.member), "type": kind, "in": place,
               "required": key in model.required, "enum": enum, "payload": payload}
        told = {} if enum else prose.huawei(kind, model.texts.get(key, ""))
        return {word: fact for word, fact in out.items() if fact} | told

    def moves_files(self, call, request, response):
        """Why an operation is skipped, or None."""
        if "multipart/form-data" in call["content"]:
            return "multipart form with a file"
        for side, model in (("request", request), ("response", response)):
            if any("Stream" in base for base in model.bases):
                return side + " is a stream"
        body = self.models.get(request.types.get("body"))
        found = any("file" in x.types.values() for x in (request, response, body) if x)
        return "member of type file" if found else None

    def inputs(self, call, request):
        out = []
        if "{project_id}" in call["resource_path"]:
            out.append({"name": "project_id", "type": "string", "in": "path", "required": True})
        for key in request.types:
            body = self.models.get(request.types[key])
            if key == "body":
                inline = body and not body.values
                out += ([self.field(body, name, "body") for name in body.types] if inline
                        else [self.field(request, key, "body", payload=True)])
                continue
            place, name = call["places"].get(key, ("form", None))
            if place == "form" or name != request.wire[key]:
                raise Stop(CLIENT, f"{call['name']}: no known place for member {key}")
            out.append(self.field(request, key, place))
        in_path = [x["name"] for x in out if x["in"] == "path"]
        if (sorted(in_path) != sorted(re.findall(r"{(\w+)}", call["resource_path"]))
                or not set(call["places"]) <= set(request.types)):
            raise Stop(CLIENT, f"{call['name']}: path or places do not match the request")
        return out

    def outputs(self, call, response):
        out = []
        heads = [key for key in response.types if response.wire[key] in call["headers"]]
        if len(heads) != len(call["headers"]):
            raise Stop(response.member, "a response header has no member")
        for key in response.types:
            payload = key == "body" and key not in heads
            alone = len(response.types) - len(heads) == 1
            if payload and (not alone or response.types[key] in self.models):
                raise Stop(response.member, "member body fits no rule")
            out.append(self.field(response, key, "header" if key in heads else None, payload))
        return out

    def read_call(self, func):
        """The facts in one _<op>_http_info function of the client."""
        call = {"places": {}, "content": [], "name": func.name}
        for node in ast.walk(func):
            found = None
            if isinstance(node, ast.Assign):
                target, value = node.targets[0], node.value
                text = ast.unparse(target)
                if text == "http_info":
                    info = {k.value: v for k, v in zip(value.keys, value.values)}
                    for key in ("method", "resource_path", "response_type"):
                        call[key] = plain(literal(info[key], CLIENT), CLIENT)
                elif text == "response_headers":
                    call["headers"] = literal(value, CLIENT)
                elif text == "header_params['Content-Type']":
                    call["content"] = literal(value.args[0], CLIENT)
                elif re.match(r"(path|header|form)_params\[", text):
                    found = value, text.split("_")[0], target.slice
            elif isinstance(node, ast.Call) and ast.unparse(node.func) == "query_params.append":
                found = node.args[0].elts[1], "query", node.args[0].elts[0]
            if found:
                key = literal(found[0].slice, CLIENT)
                call["places"][key] = (found[1], literal(found[2], CLIENT))
        return call

    def run(self):
        for func in ast.walk(self.client):
            found = re.fullmatch(r"_(\w+)_http_info", getattr(func, "name", None) or "")
            if not found:
                continue
            try:
                call = self.read_call(func)
                name = re.fullmatch(r"(\w+)Response", call["response_type"])[1]
                call["headers"]
            except (KeyError, TypeError, IndexError, AttributeError) as error:
                raise Stop(CLIENT, f"{func.name}: unknown form ({error!r})") from None
            if name.lower() != found[1].replace("_", ""):
                raise Stop(CLIENT, f"{func.name}: does not match {call['response_type']}")
            request, response = map(self.models.get, (name + "Request", name + "Response"))
            if not request or not response:
                raise Stop(CLIENT, f"{name}: its request or response is missing in {MODELS}")
            reason = self.moves_files(call, request, response)
            if reason:
                self.skipped[name] = reason
                continue
            self.operations[name] = {"method": call["method"], "path": call["resource_path"],
                                     "input": self.inputs(call, request),
                                     "output": self.outputs(call, response)}
        # Follow the shapes until no new one turns up.
        shapes = {}
        while self.seen - set(shapes):
            for name in sorted(self.seen - set(shapes)):
                model = self.models[name]
                shapes[name] = {"fields": [self.field(model, key) for key in model.types]}
        own = [x + end for x in self.operations for end in ("Request", "Response")]
        if shapes.keys() & own:
            raise Stop(CLIENT, "a request or response class is also a shape")
        parts = {"operations": self.operations, "shapes": shapes,
                 "enums": self.enums, "skipped": self.skipped}
        return {part: dict(sorted(facts.items())) for part, facts in parts.items()}


def main():
    try:
        if len(sys.argv) != 2:
            raise Stop("huawei.py", "want one argument, the wheel")
        with zipfile.ZipFile(sys.argv[1]) as wheel:
            facts = Api(wheel).run()
    except (Stop, OSError, zipfile.BadZipFile) as error:
        print(error, file=sys.stderr)
        return 1
    json.dump(facts, sys.stdout, indent=1)
    print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
