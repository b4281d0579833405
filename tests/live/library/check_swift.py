"""Swift's half of the library, without a Swift compiler: the text parses, and every call, record, error and
choice that Python has is there under Swift's name. Usage: check_swift.py GENERATED (kotlin/, swift/, python/)
"""

import pathlib
import re
import sys

import tree_sitter
import tree_sitter_swift

generated = pathlib.Path(sys.argv[1])
swift = (generated / "swift/VyezdApp.swift").read_bytes()
python = (generated / "python/vyezd_app.py").read_text()
header = (generated / "swift/VyezdAppFFI.h").read_text()

# An attribute of documentation and a closure of nothing: the grammar knows neither.
plain = swift.replace(b"@_documentation(visibility: private)", b"").replace(b"{ () }", b"{ Void() }")
parsed = tree_sitter.Parser(tree_sitter.Language(tree_sitter_swift.language())).parse(plain)
faults, todo = [], [parsed.root_node]
while todo:
    node = todo.pop()
    if node.type == "ERROR" or node.is_missing:
        faults.append(f"line {node.start_point[0] + 1}: {node.text[:60]!r}")
    elif node.has_error:
        todo.extend(node.children)
assert not faults, faults

text = swift.decode()


def camel(name):
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


class_body = python[python.index("class VyezdPhone(VyezdPhoneProtocol)"):]
calls = re.findall(r"^    (?:async )?def ([a-z]\w*)\(self", class_body[:class_body.index("\nclass ", 10)], re.M)
missing = [call for call in calls if not re.search(rf"\bfunc {camel(call)}\(", text)]
assert len(calls) > 20 and not missing, (len(calls), missing)

named = re.findall(r"^class ([A-Z]\w+)[:(]", python, re.M)
own = [name for name in named if not name.startswith(("Uniffi", "Internal"))]
missing = [name for name in own if not re.search(rf"\b(?:struct|enum|class|protocol) {name}\b", text)]
assert len(own) > 40 and not missing, missing

# What Swift declares of C is what the library has: the same functions that Python binds.
bound = set(re.findall(r"\b(uniffi_vyezd_app_fn_\w+)", python))
assert bound and bound <= set(re.findall(r"\b(uniffi_vyezd_app_fn_\w+)", header)), bound
print(f"ok  the Swift text: {len(calls)} calls, {len(own)} types, not compiled here")
