// The list of an event in memory, and functions that read ticket codes in the same way as `home/codes.py`.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LENGTH = 18;

const plain = (text) => {
  const letters = text.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "");
  return letters.replaceAll("O", "0").replace(/[IL]/g, "1");
};

export const looksLikeCode = (text) => {
  const code = plain(text);
  return code.length === CODE_LENGTH && /\d/.test(code) && [...code].every((letter) => ALPHABET.includes(letter));
};

export const readCode = (text) => {
  if (text.length > 60 || !looksLikeCode(text)) return "";
  const code = plain(text);
  let rest = 0;
  for (const letter of code.slice(0, -1)) rest = (rest * 32 + ALPHABET.indexOf(letter)) % 37;
  return ALPHABET[rest] === code.at(-1) ? code : "";
};

export const hashOf = async (salt, code) => {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(salt + code)));
  return btoa(String.fromCharCode(...digest.slice(0, 16))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
};

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

export const sameName = (one, other) => fold(one) === fold(other);

export class List {
  constructor(data) {
    Object.assign(this, data);
    this.byHash = new Map(this.people.map(([hash], index) => [hash, index]).filter(([hash]) => hash));
    this.byReference = new Map(this.people.map(([, reference], index) => [reference, index]));
    this.others = new Map(this.others);
    this.inside = new Map();
    for (const [index, key, at, who, left] of this.present) {
      this.inside.set(`${index} ${key}`, { at, who: this.names[who], left });
    }
  }

  keyOf(day, point) {
    return point ? `s${point.split(":")[0]}` : day;
  }

  // Applies a check-in of this device that was made after the server made the list.
  apply(scan, who, offset) {
    const index = this.byReference.get(scan.person);
    if (index === undefined) return;
    const place = `${index} ${this.keyOf(scan.day, scan.point)}`;
    const at = scan.at + offset;
    if (scan.point.endsWith(":leaving")) {
      const row = this.inside.get(place);
      if (row) row.left = scan.undone ? 0 : at;
    } else if (scan.undone) this.inside.delete(place);
    else if (!this.inside.has(place) || this.inside.get(place).left) this.inside.set(place, { at, who, left: 0 });
  }

  named(search) {
    const words = fold(search).split(/\s+/).filter(Boolean);
    const found = [];
    this.people.forEach(([, reference, name], index) => {
      const parts = ` ${fold(name)}`;
      if (words.every((word) => parts.includes(` ${word}`) || parts.includes(`-${word}`))) found.push({ index, reference, name });
    });
    return found.sort((one, other) => one.name.localeCompare(other.name));
  }
}
