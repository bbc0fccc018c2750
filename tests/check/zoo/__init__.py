"""The zoo: programs as people write them, right ones and wrong ones, on which the checker is tried.

``right/`` and ``wrong/`` hold the programs, ``wrong/two/`` those with two mistakes, and
``right/torch/`` those on tensors.  None says what is wrong with it: the truth stands in
:mod:`~tests.check.zoo.labels`.  :mod:`~tests.check.zoo.probes` has the arguments and the right
results, :mod:`~tests.check.zoo.calls` the statements that call a program in each style,
:mod:`~tests.check.zoo.calling` runs them, and ``tests/check/test_zoo_labels.py`` proves the labels
without the checker.
"""
