import type { zhCalendar } from './zh-calendar.ts';

export const enCalendar: typeof zhCalendar = {
  calendar: {
    title: 'Working calendar',
    explain:
      'Statutory holidays, transfer workdays and weekends: rules on off-hours and sealed vehicles go by it.',
    before: 'Month before',
    after: 'Next month',
    today: 'This month',
    month: 'Month',
    monthOf: (year, month) => `${year}-${String(month).padStart(2, '0')}`,
    weekdays: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
    missing: (year) => `The holidays of ${year} are not known`,
    missingMore: (year) =>
      `Rules that need the calendar do not guess: days of this year that nobody has named are not judged. Wait for the yearly notice, or enter it here; the year counts as known once 1 January and 1 October ${year} are statutory holidays.`,
    short: {
      'statutory-holiday': 'off',
      'transfer-workday': 'work',
    },
    unknown: 'not known',
    amended: 'Amended',
    sources: {
      amended: 'Amended here',
      notice: 'Yearly notice of the State Council',
      weekday: 'The weekday',
      none: 'No data',
    },
    chosen: 'The day chosen',
    kind: 'Kind of day',
    name: 'Name',
    source: 'By',
    save: 'Save',
    restore: 'As it was',
    choose: 'Choose a day to see or change it.',
    officeHours: 'Office hours',
    officeHoursExplain:
      'When each institution works on workdays: rules on off-hours and the use of vehicles go by it.',
    hours: { from: 'From', to: 'To' },
    setHours: 'Set the office hours',
    usualHours: 'Nothing set: the usual hours.',
    openWeekdays: 'Open on',
    setWeekdays: 'Save the weekdays',
    byCalendar: 'Not set: the working calendar decides, with its transfer workdays.',
    byWeekdays:
      'Open on these weekdays whatever the calendar says, such as a museum that is closed on Mondays.',
    closures: 'Vacations',
    noClosures: 'No vacation is entered.',
    removeClosure: 'Remove',
    firstDay: 'First day',
    lastDay: 'Last day',
    addClosure: 'Add',
    asUsual: (from, to) => `As usual (${from} – ${to})`,
  },
  weather: {
    title: 'Daily mean temperature outdoors',
    explain:
      'Where an institution has no sensor outdoors, rules on anomalies and night load go by the daily means imported here; an institution without any uses those of the one above it.',
    importing: 'Import temperatures',
    importIt: 'Import',
    importHint:
      'A CSV file, a line a day: date and daily mean in °C, under headings (date, mean) or none. A day told again is replaced; with one fault nothing is imported. Today and later days are refused.',
    file: 'File',
    source: 'Where it comes from (optional)',
    sourceHint: 'such as: meteorological bureau',
    imported: (added, changed, unchanged) =>
      `${added} days added, ${changed} changed, ${unchanged} known already.`,
    month: 'Month',
    days: 'Days',
    mean: 'Mean °C',
    range: 'Coldest … warmest day °C',
    remove: 'Remove',
    removeSure: (month) => `Remove the temperatures of ${month}?`,
    none: 'No temperatures were imported yet.',
  },
};
