import type { zhVehicleLedger } from './zh-vehicle-ledger.ts';

export const enVehicleLedger: typeof zhVehicleLedger = {
  vehicleLedger: {
    title: 'Vehicle ledger',
    explain:
      'Trips, distance, fuel and power, cost and use of every vehicle by the month; what was paid for fuel is compared with the tank and with where the vehicle was.',
    month: 'Month',
    vehicles: 'Vehicles',
    known: (n, all) => `known of ${n} in ${all}`,
    told: 'To look at',
    fuelFindings: (n) => (n === 1 ? '1 fuel entry in doubt' : `${n} fuel entries in doubt`),
    none: 'No vehicles',
    underWay: 'The month is under way: the figures are those up to now.',
    cut: 'The first 1,000 vehicles are shown; the files have all of them.',
    download: (format) => `Download ${format}`,
    importing: 'Import a card statement',
    importIt: 'Import',
    importHint:
      'CSV (UTF-8 or GBK) with a row of headings: plate, time, amount, litres; also station, product, card, kind. The same lines again change nothing.',
    file: 'File',
    imported: (added, known) => `${added} added, ${known} known already.`,
    imports: 'Imported statements',
    noImports: 'Nothing has been imported.',
    importedAt: 'Imported',
    period: 'Paid',
    entries: (n, vehicles) =>
      `${n === 1 ? '1 entry' : `${n} entries`} · ${vehicles === 1 ? '1 vehicle' : `${vehicles} vehicles`}`,
    takeBack: 'Take back',
    takeBackSure: (n) =>
      `Take back this import of ${n === 1 ? '1 entry' : `${n} entries`}? Those that another import tells, too, stay. The audit log keeps it.`,
    notWhole:
      'Also tells of vehicles of other institutions: take its entries back one by one, or ask who looks after those, too.',
    takeBackOne: (amount) => `Take back this entry of ${amount} yuan? The audit log keeps it.`,
    expenses: 'Paid for it',
    noExpenses: 'Nothing was imported for this month.',
    refuellings: 'Rises of the tank',
    when: 'Time',
    amount: 'Amount',
    station: 'Station and product',
    rise: 'Rise',
    rose: (litres) => `tank rose by ${litres} L`,
    away: (km) => `${km} km from the station`,
    unchecked: 'Not compared',
    kinds: {
      fuel: 'Fuel',
      charging: 'Charging',
      maintenance: 'Maintenance',
      insurance: 'Insurance',
      toll: 'Toll',
      other: 'Other',
    },
  },
};
