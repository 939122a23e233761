import type { zhConsumption } from './zh-consumption.ts';

export const enConsumption: typeof zhConsumption = {
  consumption: {
    title: 'Consumption',
    by: { quarter: '15 min', hour: 'Hours', day: 'Days', month: 'Months' },
    value: 'Used',
    known: 'Known part',
    total: 'Together',
    from: 'From',
    bounds: 'Between',
    quality: 'Data quality',
    notes: 'What happened',
    revision: 'Amended',
    revised: (n) => (n === 1 ? 'once' : `${n} times`),
    none: 'No consumption in this time.',
    details: 'In figures',
    hint: 'Pale bars are estimated: a gap is spread evenly, and its total is exact. Yellow bars are of a counter that was reset or replaced, or of data that are not whole: only what is known is counted.',
    note: {
      rollover: 'Counter wrapped',
      reset: 'Counter reset',
      replaced: 'Probably another meter',
      backwards: 'Ran backwards',
      'swap-recorded': 'Replacement on record',
      'ratio-changed': 'Ratio changed',
      'wrong-reading': 'Wrong readings left out',
      'export-only': 'Only the export counter moves (transformers reversed?)',
    },
  },
};
