"""The plan: what a network becomes before its first batch.

:mod:`.layouts` says how tensors lie in memory, :mod:`.parts` what tensors, steps and phases are;
:mod:`.running` gives a plan memory and runs it on the threads of :mod:`.threads`.
"""
