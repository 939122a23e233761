import type { Vehicle } from '../model/entities.ts';
import type { Medium } from '../model/metrics.ts';
import type { City, SimulatedMeter, SimulatedRoute, SimulatedVehicle } from './city.ts';
import { createDice, seedOf, unit } from './noise.ts';
import type { BuildingTemplate, InstitutionTemplate, MeterTemplate } from './templates.ts';

const counterStart: Readonly<Record<Medium, readonly [min: number, max: number]>> = {
  electricity: [8_000, 90_000],
  water: [500, 9_000],
  gas: [900, 12_000],
  heat: [200, 4_000],
  environment: [0, 0],
};

export function createMeters(
  { key, meters }: BuildingTemplate,
  institution: string,
  citySeed: number,
): readonly SimulatedMeter[] {
  const building = `${institution}-${key}`;
  return meters.map((template): SimulatedMeter => {
    const id = `${building}-${template.key}`;
    const seed = seedOf(citySeed, id);
    const [least, most] = counterStart[template.medium];
    return {
      ...about(template, building),
      ...(template.speaks && { speaks: { mapping: template.speaks, serial: serialOf(seed) } }),
      id,
      building,
      mean: template.mean * (0.85 + 0.3 * unit(seed, -1)),
      start: Math.round(least + (most - least) * unit(seed, -2)),
      seed,
      everyS: template.medium === 'electricity' ? 10 : 15,
    };
  });
}

/** 14 digits, as Acrel prints them. */
const serialOf = (seed: number): string =>
  `2024${String(Math.floor(unit(seed, -3) * 1e10)).padStart(10, '0')}`;

/** What is taken over from the template, with references made whole. Units of slaves are given out later. */
const about = (
  { key: _, mean: __, speaks: ___, parent, modbus, ...rest }: MeterTemplate,
  building: string,
): Omit<SimulatedMeter, 'id' | 'building' | 'mean' | 'start' | 'seed' | 'everyS'> => ({
  ...rest,
  ...(parent && { parent: `${building}-${parent}` }),
  ...(modbus && { modbus: { unit: 0, profile: modbus.profile, ctRatio: modbus.ctRatio ?? 1 } }),
});

/** Unit addresses of Modbus TCP end at 247: slaves beyond that are MQTT devices. */
const lastUnit = 247;

export function numberSlaves(meters: readonly SimulatedMeter[]): readonly SimulatedMeter[] {
  let next = 1;
  return meters.map((meter) => {
    if (!meter.modbus) return meter;
    const { modbus, ...withoutModbus } = meter;
    if (next > lastUnit) return withoutModbus;
    const numbered = { ...meter, modbus: { ...modbus, unit: next } };
    next += 1;
    return numbered;
  });
}

export function gatewaysOf(meters: readonly SimulatedMeter[]): City['gateways'] {
  const slaves = Map.groupBy(
    meters.filter(({ modbus }) => modbus),
    ({ building }) => building,
  );
  return [...slaves].map(([building, devices]) => ({
    id: `${building}-gateway`,
    devices: devices.map(({ id }) => id),
  }));
}

const families = ['张', '王', '李', '刘', '陈', '杨', '赵', '孙', '周', '吴', '徐', '马'];
const givens = ['志强', '海涛', '立军', '建华', '国栋', '明远', '文斌', '晓东', '永刚', '春雷'];
const onDuty: ReadonlySet<Vehicle['class']> = new Set([
  'courier',
  'emergency',
  'law-enforcement',
  'special',
]);

/** Different for every vehicle: both factors are prime. */
const plateOf = (index: number, n: number): string =>
  `鲁P${10_000 + ((7919 * (10 * index + n + 1)) % 89_989)}`;

export function createVehicles(
  template: InstitutionTemplate,
  institution: string,
  index: number,
  routes: readonly SimulatedRoute[],
  citySeed: number,
): readonly SimulatedVehicle[] {
  return template.vehicles.map((kind, n): SimulatedVehicle => {
    const id = `${institution}-v${n + 1}`;
    const seed = seedOf(citySeed, id);
    const dice = createDice(seed);
    const fuel = dice.pick(['gasoline', 'gasoline', 'diesel', 'electric'] as const);
    return {
      id,
      institution,
      plate: plateOf(index, n),
      class: kind,
      fuel,
      tankL: dice.pick([50, 60, 70]),
      litresPer100Km: dice.between(7.5, 11),
      parking: `${institution}-parking`,
      routes: routes.map((_, i) => routes[(i + n) % routes.length]?.id ?? '').filter(Boolean),
      roundTheClock: onDuty.has(kind),
      driver: dice.pick(families) + dice.pick(givens),
      seed,
      startKm: dice.whole(8_000, 120_000),
      everyS: 5,
    };
  });
}
