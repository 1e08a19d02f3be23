"""Runs one of our Ansible modules without Ansible's engine, which takes seconds: MODULE, with its parameters as JSON on
standard input. It prints what the module answers."""

import importlib.util
import os
import runpy
import sys

from ansible.module_utils import basic

root, module = sys.argv[1:]
spec = importlib.util.spec_from_file_location(
    "ansible.module_utils.fleet_units", os.path.join(root, "module_utils", "fleet_units.py")
)
units = importlib.util.module_from_spec(spec)
sys.modules[spec.name] = units
spec.loader.exec_module(units)

basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
# ansible-core 2.19 wants to know how values are written; earlier ones do not look.
basic._ANSIBLE_PROFILE = "legacy"
runpy.run_path(os.path.join(root, "library", f"{module}.py"), run_name="__main__")
