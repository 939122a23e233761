import { expect, test } from 'vitest';
import { texts } from '../../console/texts/index.ts';
import { errorCodes } from '../../model/errors.ts';

type Leaf = [path: string, zh: unknown, en: unknown];

function leaves(zh: object, en: object, path = ''): Leaf[] {
  return Object.entries(zh).flatMap(([key, value]): Leaf[] => {
    const other: unknown = Reflect.get(en, key);
    const here = path === '' ? key : `${path}.${key}`;
    const isGroup = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isGroup && typeof other === 'object' && other !== null
      ? leaves(value, other, here)
      : [[here, value, other]];
  });
}

/** Names and values in evidence fall back to the name itself, so a language may leave some out. */
const mayBeMissing = (path: string) => path.startsWith('evidence');
const all = leaves(texts.zh, texts.en);

test('there are texts to look at', () => {
  expect(all.length).toBeGreaterThan(150);
});

test('every text says something in both languages', () => {
  const wrong = all
    .filter(([path]) => !mayBeMissing(path))
    .filter(
      ([, zh, en]) =>
        typeof zh !== typeof en ||
        [zh, en].flat().some((text) => typeof text === 'string' && text.trim() === ''),
    );
  expect(wrong).toEqual([]);
});

test('English has no Chinese in it', () => {
  const chinese = all.filter(([, , en]) => typeof en === 'string' && /\p{Script=Han}/u.test(en));
  expect(chinese).toEqual([]);
});

test('Chinese is Chinese wherever it is a sentence', () => {
  const foreign = all.filter(
    ([, zh]) => typeof zh === 'string' && zh.length > 8 && !/\p{Script=Han}/u.test(zh),
  );
  expect(foreign).toEqual([]);
});

test('texts with numbers are told in both languages', () => {
  expect(texts.zh.time.minutesAgo(3)).toBe('3 分钟前');
  expect(texts.en.signIn.tooMany(1)).toContain('1 second.');
  expect(texts.en.time.daysAgo(2)).toBe('2 days ago');
  expect([1, 10, 12].map(texts.en.figures.monthOf)).toEqual(['January', 'October', 'December']);
  expect(texts.zh.figures.monthOf(10)).toBe('10 月');
});

test('no text shows an error code of the service', () => {
  const said = all.flatMap(([, zh, en]) => [zh, en]).filter((text) => typeof text === 'string');
  for (const code of Object.keys(errorCodes)) expect(said.join('\n')).not.toContain(code);
});
