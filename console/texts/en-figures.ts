import { enForms } from './en-forms.ts';
import type { zhFigures } from './zh-figures.ts';

const monthName = new Intl.DateTimeFormat('en-GB', { month: 'long', timeZone: 'UTC' });

export const enFigures: typeof zhFigures = {
  ...enForms,
  figures: {
    title: 'Energy figures',
    explain:
      'Worked out from the meters of the institution and its buildings, without those below it and without vehicle fuel.',
    year: 'Year',
    month: 'Month',
    wholeYear: 'Whole year',
    monthOf: (n) => monthName.format(Date.UTC(2026, n - 1)),
    calibre: 'Calibre of electricity',
    calorific: 'Calorific',
    equivalent: 'Equivalent',
    energy: 'Comprehensive energy',
    co2: 'CO2',
    perHead: 'Energy per head',
    perM2: 'Energy per m²',
    co2PerM2: 'CO2 per m²',
    electricityPerM2: 'Electricity per m²',
    waterPerHead: 'Water per head',
    coverage: 'Time measured',
    person: 'head',
    notScaled: 'Of the time chosen, not scaled to a year.',
    sizeMissing:
      'Figures by head and area need the number of energy users and the floor area of the institution.',
    partial: 'Some data are missing: these are sums of what is known.',
    estimated:
      'For some hours there are no readings: what was used meanwhile is known from the counters before and after, and spread evenly.',
    broken:
      'A counter was reset or replaced, and what was used meanwhile is not known: these are sums of what is known.',
    gasState:
      'Gas is converted as it was metered: neither standard volume nor temperature and pressure are registered.',
    noData: 'No data for this time',
    noDataMore: 'Choose another month, or see whether the meters are heard.',
    parts: 'Parts',
    medium: 'Medium',
    amount: 'Amount',
    coal: 'Standard coal',
    emission: 'CO2',
    state: 'Data quality',
    factors: 'Factors',
    verified: 'verified',
    unverified: 'original not read',
    notConverted: 'not converted',
    cost: 'Cost of electricity (time-of-use)',
    costUnknown: 'not known',
    costKnown: (yuan) => `${yuan} of what is known`,
    costRange: (from, to) => `Between ${from} and ${to}`,
    costFrom: (from) => `At least ${from}`,
    noTariff: 'Neither the institution nor one above it has a tariff for this time.',
    unpriced: (kwh) => `${kwh} has no tariff and is not included.`,
    bands: {
      sharp: 'Sharp',
      peak: 'Peak',
      flat: 'Flat',
      valley: 'Valley',
      'deep-valley': 'Deep valley',
    },
  },
};
