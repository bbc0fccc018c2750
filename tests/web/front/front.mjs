/**
 * What the tests of the page's JavaScript share.  `tests/web/test_javascript.py` runs them, and says
 * where the modules of the package are and where the document of `backlit toy` is.
 */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const { BACKLIT_FRONT: folder, BACKLIT_DOCUMENTS: documents } = process.env;
if (!folder || !documents) {
  throw new Error("run these tests with: python3 dev.py test tests/web/test_javascript.py");
}

/** A module of the front end. */
export const front = (name) => import(pathToFileURL(join(folder, name)));

/** The document of a page, by its name. */
export const read = (name) => JSON.parse(readFileSync(join(documents, `${name}.json`), "utf8"));
