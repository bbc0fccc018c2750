"""Views: how explanations and equations are shown.

One trace, many renderings: :mod:`backlit.explain` and :mod:`backlit.equations` return data, and
here it becomes lines for a terminal.

* :mod:`~backlit.views.explanation`, :mod:`~backlit.views.story`, :mod:`~backlit.views.nudge`: what
  :func:`backlit.explain` gives;
* :mod:`~backlit.views.equations`: the equations of an operation;
* :mod:`~backlit.views.data`: the same and layers as plain data, for pages;
* :mod:`~backlit.views.plots`: figures for papers and slides, with matplotlib.

They adapt to the terminal's width, and are plain text where colors or signs are missing.  Nothing
is imported before it is asked for.
"""
