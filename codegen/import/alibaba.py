"""Print the facts of the API CS 2015-12-15 as JSON, read from the vendor wheel.
Usage: python3 alibaba.py <wheel>
The wheel is only parsed (zipfile + ast); nothing in it is imported or run. Of the comments, the facts that they state
are taken (prose.py).
"""
import ast
import json
import sys
import zipfile

import prose

PACKAGE = "alibabacloud_cs20151215"
MODELS = f"{PACKAGE}/models/"
REQUIRED = "This parameter is required."
SCALARS = {"str": "string", "int": "int", "float": "float", "bool": "bool",
           "Any": "any", "dict": "map<any>"}
STREAMS = {"bytes", "BinaryIO", "BytesIO", "IO", "Readable", "DaraStream"}
STYLES = {"json": "json", "simple": "comma"}
BODY_TYPES = {"json", "none", "array", "string"}


class Stop(Exception):
    """The wheel holds something no rule covers."""


class Unsupported(Exception):
    """The operation uses bytes or a stream; it goes to "skipped"."""


def stop(where, cause):
    raise Stop(" ".join(f"{where}: {cause}".split()))


def attr_of(node, owner):
    """The x of `owner.x`, else None."""
    found = isinstance(node, ast.Attribute) and getattr(node.value, "id", None) == owner
    return node.attr if found else None


def key_of(node, owner):
    """The text K of `owner['K']`, else None."""
    found = isinstance(node, ast.Subscript) and getattr(node.value, "id", None) == owner
    return getattr(node.slice, "value", None) if found else None


def type_of(node, where):
    """Write an annotation as a type of the output."""
    name = getattr(node, "id", None)
    if name in STREAMS:
        raise Unsupported(f"{where} is {name}")
    if attr_of(node, "main_models") or name in SCALARS:
        return attr_of(node, "main_models") or SCALARS[name]
    if isinstance(node, ast.Subscript):
        outer, parts = getattr(node.value, "id", None), getattr(node.slice, "elts", [])
        if outer == "List":  # list of list and list of map become any
            inner = type_of(node.slice, where)
            return "any" if inner.startswith(("list<", "map<")) else f"list<{inner}>"
        if outer == "Dict" and len(parts) == 2 and getattr(parts[0], "id", None) == "str":
            inner = type_of(parts[1], where)  # map of map becomes any
            return "any" if inner.startswith("map<") else f"map<{inner}>"
    stop(where, f"type fits no rule: {ast.unparse(node) if node else 'no annotation'}")


def shape_name(kind):
    """The shape a type refers to, or None."""
    while kind.endswith(">"):
        kind = kind[kind.index("<") + 1:-1]
    return None if kind in ("string", "int", "float", "bool", "any") else kind


def comment_above(lines, end):
    """The lines of the comment that ends above a line, without their marks."""
    start = end
    while start > 0 and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return [line.strip()[1:].removeprefix(" ") for line in lines[start:end]]


class Models:
    """All classes of models/*.py; their members are read when asked for."""

    def __init__(self, read, names):
        self.classes, self.known = {}, {}
        for name in sorted(n for n in names if n.startswith(MODELS) and n.endswith(".py")):
            text = read(name)
            for node in ast.parse(text).body:
                if isinstance(node, ast.ClassDef):
                    if node.name in self.classes:
                        stop(node.name, "class defined twice")
                    self.classes[node.name] = (node, text.splitlines())
        # every class the package exports must have been found
        for node in ast.parse(read(f"{MODELS}__init__.py")).body:
            if isinstance(node, ast.ImportFrom) and node.level == 1:
                read(f"{MODELS}{node.module}.py")
                for alias in node.names:
                    if alias.name not in self.classes:
                        stop(alias.name, "class missing from its file")

    def members(self, name):
        """{python name: FIELD} of one class, in the order of __init__."""
        if name in self.known:
            return self.known[name]
        if name not in self.classes:
            stop(name, "class not found in models")
        node, lines = self.classes[name]
        defs = {d.name: d for d in node.body if isinstance(d, ast.FunctionDef)}
        if not {"__init__", "to_map"} <= set(defs) or ast.unparse(node.bases[0]) != "DaraModel":
            stop(name, "no __init__, no to_map or another base class")
        # the comment above `self.x = x` describes x; its last line tells whether x is required
        texts = {attr_of(item.targets[0], "self"): comment_above(lines, item.lineno - 1)
                 for item in defs["__init__"].body if isinstance(item, ast.Assign)}
        wire, fields = self.wire_names(name, defs["to_map"]), {}
        for arg in defs["__init__"].args.args[1:]:
            where = f"{name}.{arg.arg}"
            fields[arg.arg] = {"name": wire.get(arg.arg), "type": type_of(arg.annotation, where)}
            text = texts.get(arg.arg, [])
            if text[-1:] == [REQUIRED]:
                fields[arg.arg]["required"] = True
            fields[arg.arg] |= prose.alibaba(fields[arg.arg]["type"], "\n".join(text))
        for member in sorted(set(wire) ^ set(fields)):
            stop(f"{name}.{member}", "is not in both __init__ and to_map")
        return self.known.setdefault(name, fields)

    @staticmethod
    def wire_names(name, to_map):
        """Read `if self.x is not None: result['wire'] ...` for each member."""
        wire = {}
        for item in to_map.body:
            member = attr_of(getattr(getattr(item, "test", None), "left", None), "self")
            if member is None:
                continue
            keys = {key_of(sub, "result") for sub in ast.walk(item)} - {None}
            if len(keys) != 1 or member in wire:
                stop(f"{name}.{member}", "wire name is not clear in to_map")
            wire[member] = keys.pop()
        return wire


def camel(name):
    """cluster_id -> ClusterId"""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def path_of(node, where):
    """Path text and the path arguments of the pathname f-string."""
    text, args = "", []
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += part.value
        elif attr_of(part.value.func, "DaraURL") == "percent_encode":
            args.append(part.value.args[0].id)
            text += "{" + camel(args[-1]) + "}"
        else:
            stop(where, f"pathname part fits no rule: {ast.unparse(part)}")
    return text, args


class Operation:
    """What one `..._with_options` function of the client says."""

    def __init__(self, func):
        self.name = func.name
        # by member of the request: (place, wire name), and list style
        self.written, self.styles = {}, {}
        # member of the ShrinkRequest -> member of the request; places sent
        self.shrunk, self.sent = {}, set()
        # the request class, and its member that is the whole body
        self.request, self.payload, self.params, self.args = None, None, {}, {}
        self.response = attr_of(func.returns, "main_models")
        for arg in func.args.args[1:]:
            if arg.arg in ("request", "tmp_req"):
                self.request = attr_of(arg.annotation, "main_models")
            elif arg.arg not in ("headers", "runtime"):
                self.args[arg.arg] = arg.annotation
        for item in func.body:
            if not self.read(item):
                stop(self.name, f"statement fits no rule: {ast.unparse(item)}")
        if self.response is None or not {p for p, _ in self.written.values()} <= self.sent:
            stop(self.name, "no response class, or query/body is filled but not sent")

    def read(self, item):
        """Take one statement; False when its form is not known."""
        if isinstance(item, (ast.Expr, ast.Return)):
            return True  # request.validate(), Utils.convert(...), return ...
        if isinstance(item, ast.If):
            return len(item.body) == 1 and not item.orelse and self.read_write(item.body[0])
        target = item.targets[0].id
        if target in ("query", "body"):
            return ast.unparse(item.value) == "{}"
        if target == "request":
            return attr_of(item.value.func, "main_models") is not None
        if target == "params":
            self.params = {k.arg: k.value for k in item.value.keywords}
            return True
        return target == "req" and all(self.read_sent(k) for k in item.value.keywords)

    def read_write(self, item):
        """query['X'] = request.x, or request.x_shrink = array_to_string(...)"""
        target, value = item.targets[0], item.value
        for place in ("query", "body"):
            key, member = key_of(target, place), attr_of(value, "request")
            if key is not None and member is not None:
                self.written[self.shrunk.get(member, member)] = (place, key)
                return True
        if attr_of(value.func, "Utils") != "array_to_string_with_specified_style":
            return False
        member, style = attr_of(value.args[0], "tmp_req"), value.args[2].value
        self.shrunk[target.attr], self.styles[member] = member, STYLES.get(style)
        return member is not None and style in STYLES

    def read_sent(self, keyword):
        """One argument of OpenApiRequest(...)."""
        place, text = keyword.arg, ast.unparse(keyword.value)
        if (place, text) in (("query", "Utils.query(query)"),
                             ("body", "Utils.parse_to_map(body)")):
            self.sent.add(place)
            return True
        if place == "body" and attr_of(keyword.value.func, "Utils") == "to_array":
            self.payload = keyword.value.args[0].attr
            return True
        return (place, text) == ("headers", "headers")

    def inputs(self, models):
        """Path members first, then the members of the request."""
        fields = [{"name": camel(arg), "type": type_of(note, f"{self.name}.{arg}"),
                   "in": "path", "required": True} for arg, note in self.args.items()]
        members = models.members(self.request) if self.request else {}
        for member, base in members.items():
            field, where = dict(base), f"{self.request}.{member}"
            if member == self.payload:
                field |= {"in": "body", "payload": True}
            elif member not in self.written:
                stop(where, "the client does not write it")
            else:
                field["in"], wire = self.written[member]
                if wire != field["name"]:
                    stop(where, f"two wire names: {wire} and {field['name']}")
                if member in self.styles:
                    field["style"] = self.styles[member]
            fields.append(field)
        for member in [*self.written, self.payload]:
            if member is not None and member not in members:
                stop(f"{self.name}.{member}", "not a member of the request class")
        if len({(f["in"], f["name"]) for f in fields}) != len(fields):
            stop(self.name, "an input name occurs twice")
        return fields

    def outputs(self, models):
        """Members of the response body; a body that is no class is one field."""
        kind = models.members(self.response).get("body", {}).get("type")
        if kind and shape_name(kind) == kind:
            return list(models.members(kind).values())
        return [{"name": "body", "type": kind, "payload": True}] if kind else []

    def facts(self, models):
        path, path_args = path_of(self.params["pathname"], self.name)
        method, kind, sent_kind = (self.params[k].value for k in
                                   ("method", "body_type", "req_body_type"))
        if sorted(path_args) != sorted(self.args):
            stop(self.name, "path arguments and pathname differ")
        if kind not in BODY_TYPES or sent_kind != "json":
            stop(self.name, f"body_type {kind} or req_body_type {sent_kind} fits no rule")
        return {"method": method, "path": path, "body_type": kind,
                "input": self.inputs(models), "output": self.outputs(models)}


def collect(fields, models, found):
    """Add every shape the fields lead to."""
    for name in filter(None, [shape_name(f["type"]) for f in fields]):
        if name not in found:
            found[name] = {"fields": list(models.members(name).values())}
            collect(found[name]["fields"], models, found)


def run(path):
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())

        def read(name):
            return wheel.read(name).decode() if name in names else stop(name, "missing file")

        client, models = ast.parse(read(f"{PACKAGE}/client.py")), Models(read, names)
    operations, shapes, skipped = {}, {}, {}
    # no underscore before "with": one name is describe_clusters_v1with_options
    for func in [f for c in client.body if isinstance(c, ast.ClassDef) for f in c.body
                 if isinstance(f, ast.FunctionDef) and f.name.endswith("with_options")]:
        try:
            op, found = Operation(func), dict(shapes)
            action = op.params["action"].value
            facts = op.facts(models)
            if action in operations:
                stop(action, "operation occurs twice")
            collect(facts["input"] + facts["output"], models, found)
            operations[action], shapes = facts, found
        except Unsupported as why:
            skipped[action] = f"bytes or stream: {why}"
        except (AttributeError, IndexError, KeyError, TypeError) as why:
            stop(func.name, f"form fits no rule: {why!r}")
    return {"operations": operations, "shapes": shapes, "skipped": skipped}


if __name__ == "__main__":
    try:
        result = run(sys.argv[1])
    except (Stop, OSError, IndexError, zipfile.BadZipFile, SyntaxError, UnicodeError) as error:
        sys.exit(f"alibaba.py: {type(error).__name__}: {error}")
    print(json.dumps({k: dict(sorted(v.items())) for k, v in result.items()}, indent=1))
