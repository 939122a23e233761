import { vacations } from '../../simulators/energy-year/calendar.ts';
import { registryKind, type Site, type YearMeter } from '../../simulators/energy-year/sites.ts';
import type { EnergyYear } from '../../simulators/energy-year/year.ts';

const two = (value: number): string => String(value).padStart(2, '0');
const clock = (hour: number): string => `${two(Math.floor(hour))}:${two((hour % 1) * 60)}`;

const dayAfter = (date: string): string =>
  new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10);

const institutionOf = ({ id, kind, areaM2, heads, openH, closeH }: Site) => ({
  id,
  name: id,
  level: 'municipal',
  kind: registryKind[kind],
  parent: 'city',
  division: '371500',
  floorAreaM2: areaM2,
  energyUsers: heads,
  officeHours: { from: clock(openH), to: clock(closeH) },
  ...(kind === 'venue' ? { openWeekdays: [2, 3, 4, 5, 6, 7] } : {}),
  ...(kind === 'school'
    ? { closures: vacations.map(([from, last]) => ({ from, to: dayAfter(last) })) }
    : {}),
});

const circuits: Readonly<Record<string, string>> = { boiler: 'boiler' };
const rooms: Readonly<Record<string, string>> = { room: 'office', weather: 'outdoor' };

const meterOf = (building: string, meter: YearMeter) => {
  const { id, medium, name, subItem, parent, everyS, ratedKw, role } = meter;
  return {
    id,
    building,
    medium,
    name,
    everyS,
    ...(subItem ? { subItem } : {}),
    ...(parent ? { parent } : {}),
    ...(ratedKw ? { ratedKw } : {}),
    ...(circuits[role] ? { circuit: circuits[role] } : {}),
    ...(rooms[role] ? { room: rooms[role] } : {}),
  };
};

const allMonths = Array.from({ length: 12 }, (_, n) => n + 1);
const source = '模拟';

const tariffs = [
  {
    id: 'electricity',
    institution: 'city',
    validFrom: '2025-01-01',
    source,
    prices: { peak: 0.95, flat: 0.65, valley: 0.35 },
    seasons: [
      {
        months: allMonths,
        periods: [
          { from: '00:00', to: '07:00', band: 'valley' },
          { from: '07:00', to: '16:00', band: 'flat' },
          { from: '16:00', to: '22:00', band: 'peak' },
          { from: '22:00', to: '24:00', band: 'flat' },
        ],
      },
    ],
  },
  ...(
    [
      ['water', 5],
      ['gas', 3.8],
      ['heat', 60],
    ] as const
  ).map(([medium, flat]) => ({
    id: medium,
    institution: 'city',
    medium,
    validFrom: '2025-01-01',
    source,
    prices: { flat },
  })),
];

/** What the registry knows of the year: institutions, meters and prices, every kind of rule with its defaults. */
export function toInventory({ sites, weatherMeter }: EnergyYear) {
  return {
    institutions: [
      { id: 'city', name: '市机关事务管理局', level: 'municipal' },
      ...sites.map(institutionOf),
    ],
    buildings: [
      { id: 'city-b', institution: 'city', name: '气象站' },
      ...sites.map(({ id, areaM2 }) => ({
        id: `${id}-b`,
        institution: id,
        name: '1号楼',
        floorAreaM2: areaM2,
      })),
    ],
    meters: [
      meterOf('city-b', weatherMeter),
      ...sites.flatMap(({ id, meters }) => meters.map((meter) => meterOf(`${id}-b`, meter))),
    ],
    tariffs,
  };
}
