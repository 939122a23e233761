import type { Mutation } from '../mutation.ts';

const told = 'test/energy/consumption.test.ts';
const revisions = 'test/ingest/revisions.test.ts';
const rollups = 'test/metering/rollups.test.ts';

/** Ways to say of a counter what it does not tell, or to amend without saying so. */
export const inConsumption: readonly Mutation[] = [
  {
    promise: 'P3',
    breaks: 'calls what is still being counted measured',
    file: 'energy/consumption/interval.ts',
    find: "const quality = isOpen ? 'missing' : worstQuality(qualities);",
    replace: 'const quality = worstQuality(qualities);',
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
    find: 'return { ...ends, known: false, used: least,',
    replace: 'return { ...ends, known: true, used: least,',
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
  {
    promise: 'P3',
    breaks: 'goes on telling a month that late data has changed',
    file: 'ingest/revisions.ts',
    find: 'file.dropWholes(meter, from, to);',
    replace: '',
    tests: ['test/threads/revisions.test.ts'],
  },
  {
    promise: 'P3',
    breaks: 'leaves consumption that late data has changed as it was in InfluxDB',
    file: 'metering/rollup-touches.ts',
    find: "else add({ meter, from: at, to: at, kind: 'late' });",
    replace: '',
    tests: [rollups],
  },
  {
    promise: 'P1',
    breaks: 'forgets consumption that InfluxDB did not take',
    file: 'metering/rollups.ts',
    find: 'for (const { touch } of due) touches.add(touch);',
    replace: '',
    tests: [rollups],
  },
];
