// Makes slugs in the browser as the server does: other letters become Latin ones, with the tables of anyascii. Wagtail's
// script has tables of its own, and drops other letters of a text that is typed into the field.

// The first letter of a range, and the replacements of its letters in order.
const RANGES = [
  [0xa1, "!|c|GBP|$|Y||S|\"|(C)|a|<<|!||(R)|-|deg|+-|2|3|'|u|P|-|,|1|o|>>|1/4|1/2|3/4|?|A|A|A|A|A|A|Ae|C|E|E|E|E|I|I|I|I|D|N|O|O|O|O|O|*|O|U|U|U|U|Y|Th|ss|a|a|a|a|a|a|ae|c|e|e|e|e|i|i|i|i|d|n|o|o|o|o|o|/|o|u|u|u|u|y|th|y|A|a|A|a|A|a|C|c|C|c|C|c|C|c|D|d|D|d|E|e|E|e|E|e|E|e|E|e|G|g|G|g|G|g|G|g|H|h|H|h|I|i|I|i|I|i|I|i|I|i|IJ|ij|J|j|K|k|q|L|l|L|l|L|l|L|l|L|l|N|n|N|n|N|n|'n|Ng|ng|O|o|O|o|O|o|Oe|oe|R|r|R|r|R|r|S|s|S|s|S|s|S|s|T|t|T|t|T|t|U|u|U|u|U|u|U|u|U|u|U|u|W|w|Y|y|Y|Z|z|Z|z|Z|z|s"],
  [0x1cd, "A|a|I|i|O|o|U|u|U|u|U|u|U|u|U|u"],
  [0x218, "S|s|T|t"],
  [0x384, "'|\"'|A|;|E|I|I||O||Y|O|i|A|V|G|D|E|Z|I|Th|I|K|L|M|N|X|O|P|R||S|T|Y|F|Ch|Ps|O|I|Y|a|e|i|i|y|a|v|g|d|e|z|i|th|i|k|l|m|n|x|o|p|r|s|s|t|y|f|ch|ps|o|i|y|o|y|o"],
  [0x400, "E|E|Dj|G|Ie|Dz|I|I|J|Lj|Nj|C|K|I|U|Dzh|A|B|V|G|D|E|Zh|Z|I|Y|K|L|M|N|O|P|R|S|T|U|F|Kh|Ts|Ch|Sh|Shch|'|Y|'|E|Yu|Ya|a|b|v|g|d|e|zh|z|i|y|k|l|m|n|o|p|r|s|t|u|f|kh|ts|ch|sh|shch|'|y|'|e|yu|ya|e|e|dj|g|ie|dz|i|i|j|lj|nj|c|k|i|u|dzh"],
  [0x1e9e, "Ss"],
  [0x2010, "-|-|-|-|-|-||_|'|'|'|'|\"|\"|\"|\"|+|++|*|*|.|..|..."],
];

const LETTERS = new Map(
  RANGES.flatMap(([first, letters]) =>
    letters.split("|").map((latin, offset) => [String.fromCodePoint(first + offset), latin]),
  ),
);

const transliterate = (text) => [...text.normalize("NFC")].map((letter) => LETTERS.get(letter) ?? letter).join("");

const isSlug = (element) => element instanceof HTMLInputElement && element.matches('[data-controller~="w-slug"]');

// In the capturing phase, so that it runs before Wagtail's script reads the slug field or the title.
document.addEventListener(
  "blur",
  (event) => {
    if (isSlug(event.target)) event.target.value = transliterate(event.target.value);
  },
  true,
);
document.addEventListener(
  "w-sync:apply",
  (event) => {
    if (isSlug(event.target) && event.detail?.value) event.detail.value = transliterate(event.detail.value);
  },
  true,
);
