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
    find: "isEstimated: quality === 'estimated',",
    replace: 'isEstimated: false,',
    tests: [cost],
  },
];
