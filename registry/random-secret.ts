import { randomBytes } from 'node:crypto';

const distinct = (items: Iterable<string>): number => new Set(items).size;

const pairs = (text: string): string[] =>
  Array.from(text.slice(1), (next, i) => `${text[i]}${next}`);

const count = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0;

/** 32 hex digits as a generator makes them: no pattern, no run, letters and digits mixed. */
function isRandomHex(text: string): boolean {
  if (!/^(?:[0-9a-f]{32,}|[0-9A-F]{32,})$/.test(text)) return false;
  const measured = text.slice(0, 32).toLowerCase();
  const steps = new Array<number>(16).fill(0);
  for (const [a = '', b = ''] of pairs(measured)) {
    const step = (Number.parseInt(b, 16) - Number.parseInt(a, 16)) & 15;
    steps[step] = (steps[step] ?? 0) + 1;
  }
  return (
    distinct(measured) >= 9 &&
    distinct(pairs(measured)) >= 24 &&
    Math.max(...steps) <= 8 &&
    count(measured, /[a-f]/g) >= 3 &&
    count(measured, /\d/g) >= 8
  );
}

type CharacterClass = 'lower' | 'upper' | 'digit' | 'other';

const classOf = (character: string): CharacterClass => {
  if (/[a-z]/.test(character)) return 'lower';
  if (/[A-Z]/.test(character)) return 'upper';
  return /\d/.test(character) ? 'digit' : 'other';
};

const classShare = { lower: 26 / 64, upper: 26 / 64, digit: 10 / 64, other: 2 / 64 } as const;

/** How people go on after a character of a class; estimates, of which only the order of size matters. */
const habits = {
  lower: { lower: 0.8, upper: 0.1, digit: 0.04, other: 0.06 },
  upper: { lower: 0.8, upper: 0.14, digit: 0.03, other: 0.03 },
  digit: { lower: 0.12, upper: 0.12, digit: 0.7, other: 0.06 },
  other: { lower: 0.45, upper: 0.35, digit: 0.19, other: 0.01 },
} as const;

/** Logarithm of how much likelier chance made the text than a person: changes of class, and letters that English and pinyin prefer. */
function chanceOverHabit(text: string): number {
  let score = 0;
  for (const [before = '', after = ''] of pairs(text)) {
    score += Math.log(classShare[classOf(after)] / habits[classOf(before)][classOf(after)]);
  }
  const letters = count(text, /[a-z]/gi);
  const preferred = count(text, /[aeiouhngtsr]/gi);
  return (
    score + preferred * Math.log(11 / 26 / 0.72) + (letters - preferred) * Math.log(15 / 26 / 0.28)
  );
}

const leet: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't' };

/** 22 characters of base64 or base62 as a generator makes them, also when digits are read as the letters they may stand for. */
function isRandomBase64(text: string): boolean {
  const body = text.replace(/={1,2}$/, '');
  if (!/^[A-Za-z0-9+/_-]{22,}$/.test(body)) return false;
  const inOrder = pairs(body).filter(
    ([a = '', b = '']) => Math.abs(b.charCodeAt(0) - a.charCodeAt(0)) === 1,
  );
  return (
    distinct(body) >= 14 &&
    distinct(pairs(body)) >= 0.85 * Math.min(body.length - 1, 64) &&
    count(body, /[a-z]/g) >= 3 &&
    count(body, /[A-Z]/g) >= 3 &&
    inOrder.length <= body.length / 4 &&
    chanceOverHabit(body) > 2 &&
    chanceOverHabit(body.replace(/[013457]/g, (digit) => leet[digit] ?? digit)) > -6
  );
}

/**
 * Whether a secret can only be the work of a generator of 128 bits or more. Of random ones two in a hundred are
 * missed in base64 of 22 characters, two in a thousand in hex, which costs no more than a slow hash; a passphrase must not pass.
 */
export const isRandomSecret = (secret: string): boolean =>
  isRandomHex(secret) || isRandomBase64(secret);

/** 128 random bits in hex. */
export const generateSecret = (): string => {
  const secret = randomBytes(16).toString('hex');
  return isRandomSecret(secret) ? secret : generateSecret();
};
