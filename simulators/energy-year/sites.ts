import type { Medium } from '../../model/metrics.ts';
import { diceOf, type FleetDice } from '../fleet-month/dice.ts';
import { seedOf } from '../noise.ts';
import type { CircuitName } from './circuits.ts';

/** Who there is: institutions of four kinds, and their meters. */

export type SiteKind = 'office' | 'school' | 'hospital' | 'venue';

export interface YearMeter {
  readonly id: string;
  readonly medium: Medium;
  readonly name: string;
  readonly subItem?: string;
  readonly parent?: string;
  /** What runs through it: circuits of electricity, branches of water; none: everything of its medium. */
  readonly through?: readonly string[];
  readonly everyS: number;
  /** Of the counter. */
  readonly step: number;
  readonly ratedKw?: number;
  /** Beside its counter it shows power, voltages, currents, power factor and reactive energy. */
  readonly gauges: boolean;
  readonly seed: number;
  /** What it stands for in the mind of the year: `top`, a circuit, `master`, a branch, `outdoor`, `room`. */
  readonly role: string;
}

export interface Site {
  readonly id: string;
  readonly kind: SiteKind;
  readonly areaM2: number;
  readonly heads: number;
  /** Hours of the day, with fractions. */
  readonly openH: number;
  readonly closeH: number;
  /** Rooms are cooled and heated by air conditioning; otherwise they are heated by the district. */
  readonly heatsByAir: boolean;
  /** Times the usual use per m². */
  readonly thrift: number;
  /** How much of that is beyond its like: 1 for most. */
  readonly lavish: number;
  readonly growthPerYear: number;
  /** Lights were replaced on that day. */
  readonly retrofit: { readonly day: number; readonly share: number } | null;
  /** Pupils sleep there. */
  readonly boards: boolean;
  /** A tank on the roof is filled at any hour. */
  readonly tank: boolean;
  /** Lawns are watered by a timer in summer nights. */
  readonly irrigates: boolean;
  /** Litres for each head on a working day. */
  readonly waterL: number;
  readonly meters: readonly YearMeter[];
  readonly seed: number;
}

const kinds: readonly SiteKind[] = [
  'office',
  'office',
  'school',
  'office',
  'office',
  'hospital',
  'office',
  'school',
  'office',
  'venue',
];

export const registryKind: Readonly<Record<SiteKind, string>> = {
  office: 'party-government',
  school: 'education',
  hospital: 'medical',
  venue: 'culture',
};

/** Peak of the year in kW for each 1,000 m², without what goes wrong. */
const peakKwPer1000M2 = 34;

export function createSites(seed: number, count: number): readonly Site[] {
  return Array.from({ length: count }, (_, n) => createSite(seed, n));
}

function hoursOf(kind: SiteKind, boards: boolean, dice: FleetDice): readonly [number, number] {
  if (kind === 'school') return [7, boards ? 21.5 : 17.5];
  if (kind === 'hospital') return [7.5, 18];
  if (kind === 'venue') return [9, 20.5];
  return [dice.pick([8, 8.5, 9]), dice.pick([17.5, 18])];
}

/** Some have a meter of every circuit, some of two, so that there are some three meters for each institution. */
const isFull = (n: number): boolean => n % 8 === 0;
const isComplex = (n: number): boolean => isFull(n) || n % 12 === 5;

function createSite(seed: number, n: number): Site {
  const id = `s${String(n + 1).padStart(3, '0')}`;
  const dice = diceOf(seed, id);
  const kind = kinds[n % kinds.length] ?? 'office';
  const boards = kind === 'school' && dice.chance(0.4);
  const [openH, closeH] = hoursOf(kind, boards, dice);
  const areaM2 = Math.round(
    dice.between(isComplex(n) ? 9000 : 3000, isComplex(n) ? 32_000 : 20_000),
  );
  const heads = Math.round(areaM2 / (kind === 'school' ? 12 : 30));
  const heatsByAir = dice.chance(0.35);
  const lavish = n % 12 === 4 ? dice.between(1.5, 1.7) : 1;
  const thrift = dice.between(0.8, 1.25) * lavish;
  return {
    id,
    kind,
    areaM2,
    heads,
    openH,
    closeH,
    heatsByAir,
    thrift,
    lavish,
    growthPerYear: dice.between(-0.01, 0.05),
    retrofit: dice.chance(0.06)
      ? { day: dice.whole(90, 330), share: dice.between(0.55, 0.75) }
      : null,
    boards,
    tank: dice.chance(0.2),
    irrigates: dice.chance(0.2),
    waterL: dice.between(35, 60) * (kind === 'hospital' ? 4 : 1),
    meters: metersOf(id, n, { kind, areaM2, heatsByAir, thrift }, dice),
    seed: seedOf(seed, `${id} life`),
  };
}

type Sub = readonly [circuit: CircuitName, subItem: string, name: string];

const twoSubs: readonly Sub[] = [
  ['lights', 'A1', '照明与插座'],
  ['air', 'B', '空调'],
];
const allSubs: readonly Sub[] = [
  ...twoSubs,
  ['corridor', 'A2', '走廊照明'],
  ['landscape', 'A3', '景观照明'],
  ['lift1', 'C1', '1号电梯'],
  ['lift2', 'C1', '2号电梯'],
  ['server', 'D1', '信息机房'],
  ['boiler', 'D6', '电开水器'],
];

type Facts = Pick<Site, 'kind' | 'areaM2' | 'heatsByAir' | 'thrift'>;

function metersOf(id: string, n: number, facts: Facts, dice: FleetDice): readonly YearMeter[] {
  const { kind, areaM2, heatsByAir, thrift } = facts;
  const make = (
    role: string,
    medium: Medium,
    name: string,
    more: Partial<YearMeter>,
  ): YearMeter => ({
    id: `${id}-${role}`,
    medium,
    name,
    everyS: 900,
    step: 0.01,
    gauges: false,
    seed: seedOf(n * 7919 + areaM2, role),
    role,
    ...more,
  });
  const topStep = dice.pick([0.01, 0.01, 0.1, 1]);
  const ratedKw = Math.round((areaM2 / 1000) * peakKwPer1000M2 * 1.4 * thrift);
  const meters = [
    make('top', 'electricity', '总表', {
      step: topStep,
      everyS: isComplex(n) || n % 4 === 1 ? 900 : 3600,
      gauges: isComplex(n) || n % 4 === 1,
      ratedKw,
    }),
  ];
  const top = `${id}-top`;
  if (isComplex(n) && kind !== 'venue')
    for (const [circuit, subItem, name] of isFull(n) ? allSubs : twoSubs)
      meters.push(make(circuit, 'electricity', name, { subItem, parent: top, through: [circuit] }));
  if (n % 10 < 7) meters.push(...waterMeters(make, `${id}-master`, isComplex(n), dice));
  if (n % 8 === 3) meters.push(make('gas', 'gas', '燃气总表', { everyS: 3600, step: 0.1 }));
  if (!heatsByAir && n % 6 === 4)
    meters.push(make('heat', 'heat', '热量总表', { everyS: 3600, step: 0.01 }));
  if (n % 5 === 0) meters.push(make('room', 'environment', '办公室温度', { everyS: 900 }));
  return meters;
}

function waterMeters(
  make: (role: string, medium: Medium, name: string, more: Partial<YearMeter>) => YearMeter,
  master: string,
  complex: boolean,
  dice: FleetDice,
): readonly YearMeter[] {
  const everyS = dice.pick([900, 3600, 3600]);
  const step = dice.pick([0.001, 0.01, 0.01, 0.01, 0.1]);
  const meters = [make('master', 'water', '水总表', { everyS, step })];
  if (!complex || !dice.chance(0.7)) return meters;
  const sub = { everyS, step: 0.001, parent: master };
  return [
    ...meters,
    make('house', 'water', '主楼水表', { ...sub, through: ['house'] }),
    make('canteen', 'water', '食堂水表', { ...sub, through: ['canteen'] }),
  ];
}
