/* Numbers as letters, for states that are kept for every meter. */

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_';
const codes = new Map([...alphabet].map((letter, code) => [letter, code]));

const codeAt = (text: string, place: number): number => codes.get(text[place] ?? '') ?? 0;

/** Steps of 0.55 % from 0.001 to 7.6 million; below is 0. */
const smallest = 0.001;
const stepsPerE = 180;
const largestCode = 4095;

export const noAmount = '00';

/** 0 to 7.6 million → two characters, precise to 0.3 %; `00` stands for nothing known, `01` for 0. */
export function encodeAmount(value: number): string {
  const steps = Math.round(Math.log(Math.max(value, smallest) / smallest) * stepsPerE);
  const code = value < smallest ? 1 : Math.min(largestCode, 2 + steps);
  return `${alphabet[code >> 6]}${alphabet[code & 63]}`;
}

/** The amount at a place of a text of amounts; undefined where nothing is known. */
export function decodeAmount(text: string, place: number): number | undefined {
  const code = codeAt(text, 2 * place) * 64 + codeAt(text, 2 * place + 1);
  if (code === 0) return undefined;
  return code === 1 ? 0 : smallest * Math.exp((code - 2) / stepsPerE);
}

const partsOfDeviation = 4;

/** 0 to 15.75 in quarters → one character; more is 15.75. */
export const encodeDeviation = (value: number): string =>
  alphabet[Math.min(63, Math.round(Math.max(0, value) * partsOfDeviation))] ?? '0';

export const decodeDeviation = (text: string, place: number): number =>
  codeAt(text, place) / partsOfDeviation;

/** 0 and more below 64 to the power of the width. */
export function encodeWhole(value: number, width: number): string {
  let [text, rest] = ['', value];
  for (let place = 0; place < width; place += 1) {
    text = `${alphabet[rest % 64]}${text}`;
    rest = Math.floor(rest / 64);
  }
  return text;
}

export function decodeWhole(text: string): number {
  let value = 0;
  for (let place = 0; place < text.length; place += 1) value = value * 64 + codeAt(text, place);
  return value;
}

/** Amounts one after the other; what is not known in its place. */
export const encodeAmounts = (values: readonly (number | undefined)[]): string =>
  values.map((value) => (value === undefined ? noAmount : encodeAmount(value))).join('');

export const decodeAmounts = (text: string): readonly (number | undefined)[] =>
  Array.from({ length: text.length / 2 }, (_, place) => decodeAmount(text, place));
