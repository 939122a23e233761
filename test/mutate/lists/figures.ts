import type { Mutation } from '../mutation.ts';

const factors = 'test/energy/factors.test.ts';
const indicators = 'test/energy/indicators.test.ts';
const cost = 'test/energy/cost.test.ts';

/** Ways to make a figure of what was counted that the sources do not say. */
export const inFigures: readonly Mutation[] = [
  {
    promise: 'P7',
    breaks: 'takes the factors of whichever calibre comes first',
    file: 'energy/factors.ts',
    find: 'each.calibre === calibre && isValid(each, date)',
    replace: 'each.calibre !== undefined && isValid(each, date)',
    tests: [factors],
  },
  {
    promise: 'P7',
    breaks: 'adds figures of the two calibres up',
    file: 'energy/indicators.ts',
    find: 'uses.some((use) => use.calibre !== calibre)',
    replace: 'uses.length < 0',
    tests: [indicators],
  },
  {
    promise: 'P7',
    breaks: 'goes on using the factors of a year that is over',
    file: 'energy/factors.ts',
    find: 'validFrom <= date && (validTo === undefined || date < validTo)',
    replace: 'validFrom <= date',
    tests: [factors],
  },
  {
    promise: 'P3',
    breaks: 'makes the energy of an institution without data 0',
    file: 'energy/indicators.ts',
    find: 'return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);',
    replace: 'return known.reduce((sum, value) => sum + value, 0);',
    tests: [indicators],
  },
  {
    promise: 'P3',
    breaks: 'is sure of the cost of a gap',
    file: 'energy/cost.ts',
    find: "isEstimated: quality === 'estimated' && !apart,",
    replace: 'isEstimated: false,',
    tests: [cost],
  },
  {
    promise: 'P3',
    breaks: 'takes one wrong value for another meter',
    file: 'energy/replacement.ts',
    find: '  if (isBack(found, reading, limits)) return { state: { ...next, pending: null } };\n',
    replace: '',
    tests: ['test/energy/replacement.test.ts'],
  },
  {
    promise: 'P3',
    breaks: 'adds what is below a meter to it',
    file: 'energy/tree.ts',
    find: 'below.map((use) => ({ use, factor: -1 }))',
    replace: 'below.map((use) => ({ use, factor: 1 }))',
    tests: ['test/energy/virtual.test.ts'],
  },
  {
    promise: 'P4',
    breaks: 'calls a day out of balance that resolution and estimates explain',
    file: 'rules/kinds/meter/balance.ts',
    find: 'upper + (tolerancePct / 100) * own < 0',
    replace: 'own < 0 || upper + (tolerancePct / 100) * own < own',
    tests: ['test/rules/balance.test.ts'],
  },
  {
    promise: 'P4',
    breaks: 'takes the mean of a gap for a burst of the night',
    file: 'energy/burst.ts',
    find: 'isNight && newestPair(memory) !== undefined ?',
    replace: 'isNight ?',
    tests: ['test/rules/water-leak.test.ts'],
  },
  {
    promise: 'P4',
    breaks: 'calls a leak what is only estimated of a day',
    file: 'rules/kinds/water/network-leak.ts',
    find: "lower === null || quality !== 'measured'",
    replace: 'lower === null',
    tests: ['test/rules/network-leak.test.ts'],
  },
  {
    promise: 'P4',
    breaks: 'takes back alerts whose days are forgotten',
    file: 'rules/balance/judge.ts',
    find: "const from = before && before.change !== 'clear' ? before.openedAt : to;",
    replace: 'const from = before ? 0 : to;',
    tests: ['test/rules/network-leak.test.ts'],
  },
];
