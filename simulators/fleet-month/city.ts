import type {
  Institution,
  LonLat,
  Place,
  Route,
  RuleInstance,
  Vehicle,
} from '../../model/entities.ts';
import { type Crossing, moved, toLonLat } from '../streets.ts';
import { sealedOver } from './calendar.ts';
import { diceOf, type FleetDice } from './dice.ts';
import { limitsOf, type MonthRoute, routesOf, stopsOf, toRoute } from './routes.ts';
import { countryRoad } from './ways.ts';

/** What an institution forbids beyond what holds for all. */
export type Policy = 'stay-in' | 'tail-number' | 'districts' | 'none';

export interface Home {
  readonly id: string;
  readonly crossing: Crossing;
  readonly yard: LonLat;
  readonly policy: Policy;
  /** Hours of the day. */
  readonly office: readonly [from: number, to: number];
  /** Its yard is under a building. */
  readonly basement: boolean;
  readonly door: 'jt808' | 'mqtt';
  readonly routes: readonly MonthRoute[];
}

export interface MonthVehicle {
  readonly id: string;
  readonly entity: Vehicle;
  readonly home: Home;
  readonly bay: LonLat;
  readonly tail: number;
  /** Seconds between reports, asleep. */
  readonly sleepS: number;
  /** Seconds without the ignition before it sleeps. */
  readonly awakeS: number;
  readonly litresPer100Km: number;
  /** Fuel or charge in litres or kWh. */
  readonly tank: number;
  /** The gauge speaks without the ignition too. */
  readonly gaugeAsleep: boolean;
  readonly saysAcc: boolean;
  /** Speed and way come from the wheels, not from the receiver. */
  readonly hasPulse: boolean;
}

export interface FleetCity {
  readonly institutions: readonly Institution[];
  readonly places: readonly Place[];
  readonly routes: readonly Route[];
  readonly rules: readonly RuleInstance[];
  readonly vehicles: readonly MonthVehicle[];
  /** Roads into the country, from a crossing at the edge of the streets. */
  readonly roads: readonly { readonly gate: Crossing; readonly line: readonly LonLat[] }[];
  readonly stations: readonly Crossing[];
  readonly resorts: readonly Crossing[];
}

export const middle: LonLat = toLonLat([0, 0]);
export const countyRadiusM = 30_000;
export const districtRadiusM = 6500;
export const resortRadiusM = 250;
/** Where speeds are limited in the middle of the town. */
export const slowTown = { id: 'slow-town', radiusM: 2500, limitKmh: 60 } as const;
/** A car belongs to the pool if nobody has used it for so long. */
export const idleAfterDays = 14;

const gates: readonly Crossing[] = [
  [9, 0],
  [-9, 0],
  [0, 9],
  [0, -9],
];
const stations: readonly Crossing[] = [
  [3, 3],
  [-4, 2],
  [2, -5],
  [-3, -4],
];
const resorts: readonly Crossing[] = [
  [8, 7],
  [-8, -7],
];
const policies: readonly Policy[] = ['stay-in', 'tail-number', 'districts', 'none'];
const officeHours = [
  ['08:00', '18:00'],
  ['08:30', '17:30'],
  ['09:00', '17:00'],
] as const;

const hoursOf = (time: string): number => Number(time.slice(0, 2)) + Number(time.slice(3)) / 60;

const circle = (center: LonLat, radiusM: number) => ({ circle: { center, radiusM } });

/** Where a car stands at a crossing: off the street. */
export const kerbAt = (crossing: Crossing, dice: FleetDice): LonLat =>
  moved(toLonLat(crossing), dice.between(20, 45), dice.between(15, 40));

function homeOf(seed: number, n: number): Home & { readonly hours: readonly [string, string] } {
  const dice = diceOf(seed, `home ${n}`);
  const crossing: Crossing = [dice.whole(-6, 6), dice.whole(-6, 6)];
  const hours = dice.pick(officeHours);
  const routes = routesOf(n, crossing, dice);
  return {
    id: `u${n}`,
    crossing,
    yard: moved(toLonLat(crossing), dice.between(50, 75), dice.between(45, 70)),
    policy: policies[n % policies.length] ?? 'none',
    office: [hoursOf(hours[0]), hoursOf(hours[1])],
    hours,
    basement: n % 6 === 4,
    door: n % 2 === 0 ? 'jt808' : 'mqtt',
    routes,
  };
}

const classes: readonly Vehicle['class'][] = [
  ...Array.from({ length: 10 }, () => 'general' as const),
  'reception',
  'reception',
  'courier',
  'courier',
  'courier',
  'law-enforcement',
  'law-enforcement',
  'emergency',
  'special',
  'special',
];
const models = [
  { model: '帕萨特', fuel: 'gasoline', tank: 70, per100Km: 8 },
  { model: '红旗H5', fuel: 'gasoline', tank: 64, per100Km: 7.6 },
  { model: '别克GL8', fuel: 'gasoline', tank: 66, per100Km: 10.5 },
  { model: '江铃全顺', fuel: 'diesel', tank: 80, per100Km: 9.5 },
  { model: '比亚迪秦', fuel: 'electric', tank: 57, per100Km: 14 },
] as const;

function vehicleOf(seed: number, n: number, home: Home): MonthVehicle {
  const id = `v${String(n).padStart(3, '0')}`;
  const dice = diceOf(seed, id);
  const { model, fuel, tank, per100Km } = dice.pick(models);
  const vehicleClass = dice.pick(classes);
  const tail = dice.whole(0, 9);
  const isSealed = vehicleClass === 'general' && dice.chance(0.5);
  const saysAcc = dice.chance(0.95);
  const phone = String(13_900_000_000 + n);
  return {
    id,
    entity: {
      id,
      institution: home.id,
      plate: `鲁P${String(1000 + n).slice(-4)}${tail}`,
      model,
      class: vehicleClass,
      fuel,
      ...(fuel !== 'electric' && { tankL: tank }),
      parking: `y-${home.id}`,
      everyS: 10,
      ...(home.door === 'jt808' ? { jt808: { phone } } : { mqtt: {} }),
      exempt: [],
      sealed: isSealed ? [sealedOver] : [],
    },
    home,
    bay: moved(home.yard, dice.between(-35, 35), dice.between(-35, 35)),
    tail,
    // What does not know of the ignition does not know when to sleep.
    sleepS: saysAcc ? dice.pick([300, 300, 600, 900]) : 120,
    awakeS: dice.pick([0, 180, 300, 300]),
    litresPer100Km: per100Km * dice.between(0.94, 1.06),
    tank,
    gaugeAsleep: dice.chance(0.7),
    saysAcc,
    hasPulse: dice.chance(0.5),
  };
}

function instancesOf(home: Home): readonly RuleInstance[] {
  const { id, policy } = home;
  const keepOut = resorts.map((_, r) => `resort${r}`);
  const area = {
    'stay-in': { stayIn: ['county'], keepOut },
    districts: { tripsBeyond: ['districts'], keepOut },
    'tail-number': { keepOut },
    none: { keepOut },
  }[policy];
  const instance = (kind: string, params: RuleInstance['params']): RuleInstance => ({
    id: `${kind}-${id}`,
    kind: `vehicle.${kind}`,
    scope: { institution: id },
    params,
    enabled: true,
  });
  return [
    instance('out-of-area', area),
    instance('overspeed', {
      places: { [slowTown.id]: slowTown.limitKmh },
      routes: limitsOf(home),
    }),
    ...(policy === 'tail-number' ? [instance('tail-number', {})] : []),
  ];
}

function placesOf(homes: readonly Home[], seed: number): readonly Place[] {
  const dice = diceOf(seed, 'stations');
  const place = (id: string, kind: Place['kind'], center: LonLat, radiusM: number): Place => ({
    id,
    institution: 'hq',
    name: id,
    kind,
    ...circle(center, radiusM),
  });
  return [
    ...homes.map(
      ({ id, yard }): Place => ({
        ...place(`y-${id}`, 'parking', yard, dice.between(90, 140)),
        institution: id,
      }),
    ),
    ...stations.map((crossing, s) =>
      place(`station${s}`, 'fuel', moved(toLonLat(crossing), 35, 30), 80),
    ),
    ...resorts.map((crossing, r) =>
      place(`resort${r}`, 'poi', moved(toLonLat(crossing), 30, 30), resortRadiusM),
    ),
    place('county', 'area', middle, countyRadiusM),
    place('districts', 'area', middle, districtRadiusM),
    place(slowTown.id, 'area', middle, slowTown.radiusM),
    ...homes.flatMap(stopsOf),
  ];
}

const forAll = [{ id: 'pool', kind: 'vehicle.long-idle', params: { days: idleAfterDays } }].map(
  (each): RuleInstance => ({ ...each, scope: {}, enabled: true }),
);

/** A city with institutions, their yards and cars, streets, roads and stations. */
export function createFleetCity(seed: number, vehicles: number): FleetCity {
  const homes = Array.from({ length: Math.max(2, Math.round(vehicles / 12)) }, (_, n) =>
    homeOf(seed, n),
  );
  const head: Institution = {
    id: 'hq',
    name: '机关事务管理局',
    level: 'municipal',
    parent: null,
    timeZone: 'Asia/Shanghai',
  };
  const dice = diceOf(seed, 'roads');
  return {
    institutions: [
      head,
      ...homes.map(({ id, hours: [from, to] }) => ({
        ...head,
        id,
        name: `单位${id}`,
        level: 'unit' as const,
        parent: 'hq',
        officeHours: { from, to },
      })),
    ],
    places: placesOf(homes, seed),
    routes: homes.flatMap((home) =>
      home.routes.map((route) => toRoute(home, route, dice.whole(100, 200))),
    ),
    rules: [...forAll, ...homes.flatMap(instancesOf)],
    vehicles: Array.from({ length: vehicles }, (_, n) =>
      vehicleOf(seed, n, homes[n % homes.length] as Home),
    ),
    roads: gates.map((gate, g) => ({
      gate,
      line: countryRoad(toLonLat(gate), [90, 270, 0, 180][g] ?? 0, 140, dice),
    })),
    stations,
    resorts,
  };
}
