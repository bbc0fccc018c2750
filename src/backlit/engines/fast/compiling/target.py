"""LLVM's description of this processor."""

from __future__ import annotations

from typing import Any

from llvmlite import binding


def target_machine() -> Any:
    """A code generator for the processor that this process runs on."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    target = binding.Target.from_default_triple()
    return target.create_target_machine(
        cpu=binding.get_host_cpu_name(),
        features=binding.get_host_cpu_features().flatten(),
        opt=3,
        jit=True,
    )
