"""Operations and layers as plain data, for pages; the standard library suffices.

* :mod:`~backlit.views.data.algebra`: equations, so that a browser can evaluate them too;
* :mod:`~backlit.views.data.book`: the book's own lines;
* :mod:`~backlit.views.data.layers`: a layer with its equations;
* :mod:`~backlit.views.data.probes`: a layer with the small numbers that code was tried with.

A page of a network, :mod:`backlit.web.document`, is made of these and of a trace's arrays.
"""
