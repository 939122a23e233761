import { createHmac } from 'node:crypto';
import type {
  Building,
  Institution,
  LonLat,
  Place,
  Route,
  User,
  Vehicle,
} from '../model/entities.ts';
import type { Medium } from '../model/metrics.ts';
import { createMeters, createVehicles, gatewaysOf, numberSlaves } from './city-devices.ts';
import type { ShapeName } from './load-shapes.ts';
import { createDice, type Dice, seedOf } from './noise.ts';
import { type Crossing, toLonLat, wayBetween } from './streets.ts';
import { type InstitutionTemplate, institutionTemplates } from './templates.ts';
import { type SimulatedTerminal, withTerminals } from './terminal.ts';

export interface SimulatedMeter {
  readonly id: string;
  readonly building: string;
  readonly medium: Medium;
  readonly name: string;
  readonly shape: ShapeName;
  /** Yearly mean in the unit of the counter per hour, without what the meters below it measure. */
  readonly mean: number;
  /** What the counter showed when the city was made. */
  readonly start: number;
  readonly seed: number;
  readonly everyS: number;
  readonly subItem?: string;
  readonly parent?: string;
  readonly ratedKw?: number;
  readonly modbus?: { readonly unit: number; readonly profile: string; readonly ctRatio: number };
  /** Speaks as this family of meters does, by the mapping of the same name. */
  readonly speaks?: { readonly mapping: 'acrel-adw300'; readonly serial: string };
}

export interface SimulatedVehicle {
  readonly id: string;
  readonly institution: string;
  readonly plate: string;
  readonly class: Vehicle['class'];
  readonly fuel: Vehicle['fuel'];
  readonly tankL: number;
  readonly litresPer100Km: number;
  readonly parking: string;
  /** Driven in turn; every one begins at the parking place. */
  readonly routes: readonly string[];
  /** On duty day and night, every day; others in office hours. */
  readonly roundTheClock: boolean;
  readonly driver: string;
  readonly seed: number;
  readonly startKm: number;
  readonly everyS: number;
  /** Speaks JT/T 808 over TCP by it, not MQTT. */
  readonly terminal?: SimulatedTerminal;
}

export interface SimulatedRoute extends Route {
  /** The crossings of `line`. */
  readonly way: readonly Crossing[];
}

/** A city that does not exist: the same for the same seed. */
export interface City {
  readonly seed: number;
  readonly institutions: readonly Institution[];
  readonly buildings: readonly Building[];
  readonly meters: readonly SimulatedMeter[];
  readonly vehicles: readonly SimulatedVehicle[];
  readonly places: readonly Place[];
  readonly routes: readonly SimulatedRoute[];
  readonly users: readonly User[];
  /** Upload what Modbus slaves counted while nobody asked them: one a building that has slaves. */
  readonly gateways: readonly { readonly id: string; readonly devices: readonly string[] }[];
  /** 128 bits in hex. */
  secretOf(device: string): string;
}

export interface CityOptions {
  readonly seed: number;
  /** Default 6: about 40 meters and 25 vehicles. */
  readonly institutions?: number;
  /** Default: from the seed, which anyone can repeat; a city that is to be let into a real service wants `keyedSecrets`. */
  readonly secretOf?: (device: string) => string;
  /** Which share of the vehicles has a JT/T 808 terminal, 0 to 1; default none. */
  readonly terminals?: number;
}

/** Secrets that only somebody with the key can tell; the same for the same key. */
export const keyedSecrets =
  (key: string) =>
  (device: string): string =>
    createHmac('sha256', key).update(device).digest('hex').slice(0, 32);

/** Makes up a city around 115.98° E, 36.45° N. Pure. */
export function createCity({ seed, institutions = 6, secretOf, terminals = 0 }: CityOptions): City {
  const made = Array.from({ length: institutions }, (_, index) => createInstitution(seed, index));
  const meters = made.flatMap((each) => each.meters);
  const withUnits = numberSlaves(meters);
  return {
    seed,
    institutions: made.map(({ institution }) => institution),
    buildings: made.flatMap(({ buildings }) => buildings),
    meters: withUnits,
    vehicles: withTerminals(
      made.flatMap(({ vehicles }) => vehicles),
      terminals,
    ),
    places: made.flatMap(({ places }) => places),
    routes: made.flatMap(({ routes }) => routes),
    users: [
      { id: 'officer', name: '李文静', role: 'energy-officer', institution: 'hq' },
      { id: 'dispatcher', name: '王建国', role: 'fleet-manager', institution: 'hq' },
      { id: 'viewer', name: '赵明', role: 'viewer', institution: 'hq' },
    ],
    gateways: gatewaysOf(withUnits),
    secretOf: secretOf ?? keyedSecrets(`seed ${seed}`),
  };
}

interface Made {
  readonly institution: Institution;
  readonly buildings: readonly Building[];
  readonly meters: readonly SimulatedMeter[];
  readonly vehicles: readonly SimulatedVehicle[];
  readonly places: readonly Place[];
  readonly routes: readonly SimulatedRoute[];
}

function createInstitution(seed: number, index: number): Made {
  const count = institutionTemplates.length;
  // The first is the administration; there is only one of it however large the city.
  const at = index < count ? index : 1 + ((index - count) % (count - 1));
  const template = institutionTemplates[at] as InstitutionTemplate;
  const round = index < count ? 1 : 2 + Math.floor((index - count) / (count - 1));
  const id = round === 1 ? template.key : `${template.key}-${round}`;
  const dice = createDice(seedOf(seed, id));
  const home = homeOf(index, dice);
  const routes = createRoutes(id, home, dice);
  return {
    institution: toInstitution(template, id, round),
    buildings: template.buildings.map(({ key, name, floorAreaM2 }) => ({
      id: `${id}-${key}`,
      institution: id,
      name,
      floorAreaM2,
    })),
    meters: template.buildings.flatMap((building) => createMeters(building, id, seed)),
    places: createPlaces(id, home, template),
    routes,
    vehicles: createVehicles(template, id, index, routes, seed),
  };
}

const toInstitution = (
  { key: _, name, buildings: __, vehicles: ___, ...rest }: InstitutionTemplate,
  id: string,
  round: number,
): Institution => ({
  ...rest,
  id,
  name: round === 1 ? name : `${name}（${round}）`,
  timeZone: 'Asia/Shanghai',
});

/** The administration in the middle, the others in rings around it, never two at one crossing. */
function homeOf(index: number, dice: Dice): Crossing {
  if (index === 0) return [0, 0];
  const angle = index * 2.399_963;
  const blocks = 3.2 * Math.sqrt(index) + dice.between(0, 0.6);
  return [Math.round(blocks * Math.cos(angle)), Math.round(blocks * Math.sin(angle))];
}

const routesEach = 3;
const corridorM = 150;

function createRoutes(institution: string, home: Crossing, dice: Dice): readonly SimulatedRoute[] {
  const turn = dice.between(0, 2 * Math.PI);
  return Array.from({ length: routesEach }, (_, i) => {
    const angle = turn + (i * 2 * Math.PI) / routesEach + dice.between(-0.5, 0.5);
    const blocks = dice.between(11, 13.5);
    const end: Crossing = [
      home[0] + Math.round(blocks * Math.cos(angle)),
      home[1] + Math.round(blocks * Math.sin(angle)),
    ];
    const way = wayBetween(home, end, dice);
    return {
      id: `${institution}-r${i + 1}`,
      institution,
      name: `${i + 1}号线 · 往${towards(angle)}`,
      line: way.map(toLonLat),
      widthM: corridorM,
      way,
    };
  });
}

const winds = ['东', '东北', '北', '西北', '西', '西南', '南', '东南'];

const towards = (angle: number): string =>
  `${winds[((Math.round((angle * 4) / Math.PI) % 8) + 8) % 8]}郊`;

function createPlaces(
  institution: string,
  home: Crossing,
  { name }: InstitutionTemplate,
): readonly Place[] {
  const center = toLonLat(home);
  const parking: Place = {
    id: `${institution}-parking`,
    institution,
    name: `${name}定点停车场`,
    kind: 'parking',
    circle: { center, radiusM: 120 },
  };
  if (institution !== 'hq') return [parking];
  const corner = (east: number, north: number): LonLat => toLonLat([east, north]);
  return [
    parking,
    {
      id: 'hq-core',
      institution,
      name: '中心城区',
      kind: 'area',
      polygon: [corner(-7, -6), corner(7, -6), corner(7, 6), corner(-7, 6)],
    },
    {
      id: 'hq-fuel',
      institution,
      name: '定点加油站',
      kind: 'fuel',
      circle: { center: corner(2, -3), radiusM: 80 },
    },
  ];
}
