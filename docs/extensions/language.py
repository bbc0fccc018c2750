"""English for the site's search, in which 24×24 is found as 24x24, and the other way round."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sphinx.search.en import SearchEnglish

from docs.extensions.searching import SPLITTER, words_to_find

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class EnglishWithSizes(SearchEnglish):
    """Sphinx's English, which takes sizes apart as the program in the browser does."""

    js_splitter_code = SPLITTER

    def split(self, input: str) -> list[str]:
        """The words by which a text is found."""
        return words_to_find(input)


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx."""
    app.add_search_language(EnglishWithSizes)
    return {"parallel_read_safe": True}
