"""The engines that compute a network: ``pure`` runs the book, ``fast`` runs compiled kernels."""
