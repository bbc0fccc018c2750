"""The page on which any number of a network's backward pass can be followed.

* :mod:`~backlit.web.document`: everything that a page shows of one trace;
* :mod:`~backlit.web.bundle`: the front end (the modules in ``front/``) as one script;
* :mod:`~backlit.web.page`: a page in one file, which needs no network and no server;
* :mod:`~backlit.web.widgets`, :mod:`~backlit.web.notebook`: the page in a notebook;
* :mod:`~backlit.web.server`, :mod:`~backlit.web.live`: a page that is served, and what it can ask
  for: :mod:`~backlit.web.requests` says in which words, :mod:`~backlit.web.changes` changes
  numbers, :mod:`~backlit.web.recent` keeps the passes that were looked at last, and
  :mod:`~backlit.web.trainer` trains the network once more;
* :mod:`~backlit.web.update_report`: what a page cannot work out itself of a weight.

A click computes in the browser.  A served page asks the server for the update report of a weight,
for the curve of the loss as a number is turned, for a document of other images or changed numbers,
for the pixels of a picture file, and how its training stands.

What the pictures look like is the business of ``front/``; no number is computed there that the
engine has not computed as well, and the page says how far the two are apart.
"""

from .page import page
from .widgets import widget

__all__ = ["page", "widget"]
