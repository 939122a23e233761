import type { Medium, Metric } from '../../model/metrics.ts';
import type { Accepted } from '../../model/observation.ts';
import { hourMs } from '../../model/time.ts';
import { numbers } from '../energy/random.ts';

/** Ten thousand meters of a hundred institutions, as far as rules see them. */

export const meterCount = 10_000;
const institutions = 100;
/** The first institution's meters live through a month; those of the others are in the same state afterwards. */
export const prototypes = meterCount / institutions;

/** Per ten meters of a building: a main meter and its circuits, a water main with two branches, gas, and a room. */
const places: readonly { readonly medium: Medium; readonly subItem?: string }[] = [
  { medium: 'electricity' },
  { medium: 'electricity', subItem: 'A1' },
  { medium: 'electricity', subItem: 'B' },
  { medium: 'electricity', subItem: 'C1' },
  { medium: 'electricity', subItem: 'D1' },
  { medium: 'water' },
  { medium: 'water' },
  { medium: 'gas' },
  { medium: 'heat' },
  { medium: 'environment' },
];
const perBuilding = places.length;
const placeOf = (n: number) => places[n % perBuilding] ?? { medium: 'electricity' as const };

export const idOf = (n: number): string => `m${String(n).padStart(5, '0')}`;

function parentOf(n: number): string | undefined {
  const [place, base] = [n % perBuilding, n - (n % perBuilding)];
  if (place >= 1 && place <= 4) return idOf(base);
  return place === 6 ? idOf(base + 5) : undefined;
}

export const inventory = () => ({
  institutions: Array.from({ length: institutions }, (_, n) => ({
    id: `i${n}`,
    name: `单位 ${n}`,
    level: 'unit',
    kind: 'party-government',
    energyUsers: 200,
    floorAreaM2: 20_000,
    timeZone: 'Asia/Shanghai',
  })),
  buildings: Array.from({ length: meterCount / perBuilding }, (_, n) => ({
    id: `b${n}`,
    institution: `i${Math.floor((n * perBuilding) / prototypes)}`,
    name: `楼 ${n}`,
    floorAreaM2: 2000,
  })),
  meters: Array.from({ length: meterCount }, (_, n) => {
    const { medium, subItem } = placeOf(n);
    const parent = parentOf(n);
    return {
      id: idOf(n),
      building: `b${Math.floor(n / perBuilding)}`,
      medium,
      name: `表 ${n}`,
      everyS: 60,
      decimals: 3,
      ...(medium === 'electricity' && { ratedKw: parent === undefined ? 120 : 40 }),
      ...(subItem && { subItem }),
      ...(parent !== undefined && { parent }),
    };
  }),
  tariffs: Array.from({ length: institutions }, (_, n) => ({
    id: `t${n}`,
    institution: `i${n}`,
    validFrom: '2020-01-01',
    source: 'bench',
    prices: { peak: 0.9, flat: 0.6, valley: 0.35 },
    seasons: [
      {
        months: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
        periods: [
          { from: '23:00', to: '07:00', band: 'valley' },
          { from: '07:00', to: '08:00', band: 'flat' },
          { from: '08:00', to: '18:00', band: 'peak' },
          { from: '18:00', to: '23:00', band: 'flat' },
        ],
      },
    ],
  })),
});

/** Share of the rating in use, by the hour of the day and week. */
function loadAt(at: number): number {
  const local = at + 8 * hourMs;
  const hour = Math.floor(local / hourMs) % 24;
  const weekday = (Math.floor(local / (24 * hourMs)) + 3) % 7;
  const isOpen = weekday < 5 && hour >= 8 && hour < 18;
  return isOpen ? 0.55 + 0.1 * Math.sin((hour / 24) * 2 * Math.PI) : 0.12;
}

const round = (value: number, digits: number) => Number(value.toFixed(digits));

/** Every meter's readings, each counter as far as it has come. */
export function createReadings(count: number, from: number) {
  const random = numbers(7);
  const counters = new Float64Array(count).map((_, n) => 1000 + n * 3);
  const last = new Float64Array(count).fill(from);

  function electricity(used: number, kw: number) {
    const noise = () => random() - 0.5;
    const volts = () => round(226 + 3 * noise(), 1);
    const amperes = () => round((kw * 1000) / 3 / 226 / 0.95 + noise(), 2);
    const values: Partial<Record<Metric, number>> = {
      energy_import_kwh: round(used, 3),
      reactive_import_kvarh: round(used * 0.33, 3),
      power_kw: round(kw, 3),
      power_factor: round(0.95 + 0.01 * noise(), 3),
      voltage_a_v: volts(),
      voltage_b_v: volts(),
      voltage_c_v: volts(),
      current_a_a: amperes(),
      current_b_a: amperes(),
      current_c_a: amperes(),
      frequency_hz: round(50 + 0.02 * noise(), 2),
    };
    return values;
  }

  function valuesOf(n: number, at: number): Partial<Record<Metric, number>> {
    const { medium } = placeOf(n);
    if (medium === 'environment')
      return { indoor_temperature_c: round(20.2 + random(), 1), relative_humidity_pct: 45 };
    const size = { electricity: n % perBuilding === 0 ? 120 : 30, water: 1.2, gas: 3, heat: 0.3 };
    const rate = size[medium] * loadAt(at) * (0.9 + 0.2 * random());
    const used = (counters[n] ?? 0) + (rate * (at - (last[n] ?? at))) / hourMs;
    counters[n] = used;
    last[n] = at;
    if (medium === 'electricity') return electricity(used, rate);
    if (medium === 'heat') return { heat_gj: round(used, 3) };
    return { volume_m3: round(used, 3), flow_m3h: round(rate, 3) };
  }

  return {
    read: (n: number, at: number, seq: number): Accepted => ({
      type: 'sample',
      device: idOf(n),
      at,
      timeSource: 'device',
      seq,
      receivedAt: at + 300,
      values: valuesOf(n, at),
    }),
    /** The others stand where their prototype does. */
    level(at: number) {
      for (let n = prototypes; n < count; n++) {
        counters[n] = counters[n % prototypes] ?? 0;
        last[n] = at;
      }
    },
  };
}
