/** Values this short are masked as they are only: their encoded forms would hit ordinary text. Bytes. */
const shortestEncoded = 8;
/** Encoded forms of longer values are not looked for: they would cost more memory than they are worth. Bytes. */
const longestEncoded = 16_384;
/** Shorter lines of a multi-line value are not masked alone: `{` would go wherever it stands. */
const shortestLine = 4;

const armour = /^-----(BEGIN|END) [A-Z0-9 ]+-----$/;
const nonAscii = /[\u0080-\uffff]/g;
const hexEscape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
const percent = (char: string): string => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;

/**
 * What base64 makes of the value at each of the three places it can have in a group of three bytes: the characters
 * that depend on the value alone, and, for a value that ends the text, also the last ones with their padding.
 */
function base64Forms(value: Buffer): string[] {
  const forms: string[] = [];
  for (let before = 0; before < 3; before++) {
    const whole = Buffer.concat([Buffer.alloc(before), value]).toString('base64');
    const first = Math.ceil((before * 8) / 6);
    forms.push(whole.slice(first, Math.floor(((before + value.length) * 8) / 6)));
    forms.push(whole.slice(first).replace(/=+$/, ''), whole.slice(first));
  }
  return [...forms, ...forms.map((form) => form.replaceAll('+', '-').replaceAll('/', '_'))];
}

/** RFC 3986, the same with `/` kept or lower-case digits, a form's `+` for a blank, and what browsers leave out. */
function urlForms(text: string): string[] {
  const plain = encodeURIComponent(text.toWellFormed());
  const strict = plain.replace(/[!'()*]/g, percent);
  const lower = strict.replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase());
  return [plain, strict, lower, strict.replaceAll('%2F', '/'), strict.replaceAll('%20', '+')];
}

/** The inside of a JSON string: as it is, as pure ASCII, and with the characters escaped that HTML reserves. */
function jsonForms(text: string): string[] {
  const plain = JSON.stringify(text).slice(1, -1);
  return [plain, plain.replaceAll('/', '\\/'), plain.replace(nonAscii, hexEscape), plain.replace(/[<>&]/g, hexEscape)];
}

/** Within single quotes, as `set -x` prints it, and within double quotes, as `export -p` does. */
function shellForms(text: string): string[] {
  return [text.replaceAll("'", `'\\''`), text.replace(/[\\"$`]/g, String.raw`\$&`)];
}

function linesOf(text: string): string[] {
  if (!text.includes('\n')) return [];
  const lines = text.split('\n').map((line) => line.trim());
  return [text.replaceAll('\r\n', '\n'), ...lines.filter((line) => line.length >= shortestLine && !armour.test(line))];
}

/** Everything that has to be hidden when `secret` is: the trimmed value, its longer lines, its encoded forms. */
export function secretForms(secret: string): string[] {
  const text = secret.trim();
  if (text === '') return [];
  const forms = new Set([text, ...linesOf(text)]);
  const bytes = Buffer.from(text);
  if (bytes.length >= shortestEncoded && bytes.length <= longestEncoded)
    for (const form of [...base64Forms(bytes), ...urlForms(text), ...jsonForms(text), ...shellForms(text)])
      forms.add(form);
  return [...forms];
}
