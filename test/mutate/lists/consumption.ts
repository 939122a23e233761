import type { Mutation } from '../mutation.ts';

const told = 'test/energy/consumption.test.ts';
const revisions = 'test/ingest/revisions.test.ts';

/** Ways to say of a counter what it does not tell, or to amend without saying so. */
export const inConsumption: readonly Mutation[] = [
  {
    promise: 'P3',
    breaks: 'calls what is still being counted measured',
    file: 'energy/consumption/interval.ts',
    find: "const quality = isOpen ? 'missing' : worst(qualities);",
    replace: 'const quality = worst(qualities);',
    tests: [told],
  },
  {
    promise: 'P3',
    breaks: 'gives all of a gap to its last hour in what is told',
    file: 'energy/consumption/interval.ts',
    find: 'at >= to ? used : Math.round((used * (at - from)) / (to - from));',
    replace: 'at >= to ? used : 0;',
    tests: [told],
  },
  {
    promise: 'P3',
    breaks: 'takes what a lost counter used for nothing',
    file: 'energy/consumption/course.ts',
    find: 'return { ...ends, known: false, used: 0,',
    replace: 'return { ...ends, known: true, used: 0,',
    tests: [told],
  },
  {
    promise: 'P3',
    breaks: 'amends what was told without a trail',
    file: 'ingest/told-day.ts',
    find: 'if (was !== 0 && was !== mark) changed.push(hour.from);',
    replace: '',
    tests: [revisions],
  },
];
