"""A toy from Python, in its default version. The argument is the address of the service."""

import sys

import wharf

toy = wharf.toy.Connection(
    endpoint=sys.argv[1], region="ap-guangzhou", credentials=wharf.Credentials("id", "secret")
)
made = toy.clusters.create_toy(name="bear")
assert made.toy_id == "toy-1", made
seen = []
ready = toy.clusters.wait_until_toy_ready(
    made.toy_id, poll_interval=0.001, on_progress=lambda progress: seen.append(progress.text)
)
assert isinstance(ready, wharf.toy.types.Toy) and ready.name == "bear", ready
assert seen == ["Making", "Ready"], seen
listed = [each.toy_id for each in toy.clusters.describe_toys().items()]
assert listed == ["toy-1", "toy-2", "toy-3"], listed
assert [len(page.toys) for page in toy.clusters.describe_toys().pages()] == [2, 1]
