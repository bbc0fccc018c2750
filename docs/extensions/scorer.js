// How the site's search orders what it finds: first the headings that hold the whole query, such as
// "all convolutional"; then, as Sphinx has it, words in headings, and words in the text.
var Scorer = {
  score: ([, , , , score, , kind]) => (kind === "title" ? score + 100 : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
