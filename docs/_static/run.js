// The examples of a page can be run where the site was built with its playground, which takes npm.
import(new URL("../playground/inplace.js", import.meta.url)).catch(() => {});
