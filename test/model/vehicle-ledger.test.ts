import { expect, test } from 'vitest';
import {
  figureInfo,
  figureNames,
  findings,
  fuelFindings,
  monthFindings,
  uncheckedWhys,
  whys,
} from '../../model/vehicle-ledger.ts';

const han = /\p{Script=Han}/u;

test('every word of the ledger is said in both languages', () => {
  const words = [
    ...figureNames.map((name) => [name, figureInfo(name)] as const),
    ...[whys, findings, uncheckedWhys].flatMap((table) => Object.entries(table)),
  ];
  expect(words.length).toBeGreaterThan(50);
  for (const [name, { zh, en }] of words) {
    expect(zh, name).toMatch(han);
    expect(en.trim(), name).not.toBe('');
    expect(en, name).not.toMatch(han);
  }
});

test('a ratio is of figures that have sums', () => {
  const ratios = figureNames.map((name) => figureInfo(name).ratio).filter((ratio) => ratio);
  expect(ratios.length).toBeGreaterThan(0);
  const summed: readonly string[] = figureNames.filter((name) => !figureInfo(name).ratio);
  for (const ratio of ratios)
    expect(summed).toEqual(expect.arrayContaining([ratio?.of, ratio?.by]));
});

test('a finding of a month and one of an entry are never the same word', () => {
  const count = Object.keys(monthFindings).length + Object.keys(fuelFindings).length;
  expect(Object.keys(findings)).toHaveLength(count);
});
