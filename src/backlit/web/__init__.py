"""The page on which any number of a network's backward pass can be followed.

* :mod:`~backlit.web.algebra`: equations as plain data, so that a browser can evaluate them too;
* :mod:`~backlit.web.document`: everything that a page shows of one trace;
* :mod:`~backlit.web.bundle`: the front end (the modules in ``front/``) as one script;
* :mod:`~backlit.web.page`: a page in one file, which needs no network and no server;
* :mod:`~backlit.web.widgets`, :mod:`~backlit.web.notebook`: the page in a notebook.

What the pictures look like is the business of ``front/``; no number is computed there that the
engine has not computed as well, and the page says how far the two are apart.
"""

from .page import page
from .widgets import widget

__all__ = ["page", "widget"]
