import type { TerminalAddress } from '../model/terminal-address.ts';
import { dayMs, isoInZone } from '../model/time.ts';
import type { City, SimulatedMeter, SimulatedVehicle } from './city.ts';
import { recordedPositionsMs } from './device.ts';
import { createDuties } from './duty.ts';
import { sensitiveMeters } from './fault-plan.ts';
import { toGoals } from './goals.ts';
import type { SimulatedTerminal } from './terminal.ts';

export interface InventoryOptions {
  /** Where the Modbus slaves are served; without it their gateways alone speak for them. */
  readonly modbusPort?: number;
  /** Default 127.0.0.1. */
  readonly modbusHost?: string;
  /** Unix ms UTC: dispatches stand around it. */
  readonly now: number;
  /** As devices spoke in a history in which meters reported so often. */
  readonly historyEveryS?: number;
  /** Dispatches of so many days past and to come; default 2 and 7. */
  readonly pastDays?: number;
  readonly aheadDays?: number;
}

const zone = 'Asia/Shanghai';

/** The city as an inventory file has it, with every secret in clear. Plain JSON. */
export function toInventory(city: City, options: InventoryOptions) {
  const { institutions, buildings, places, users, gateways } = city;
  return {
    institutions,
    buildings,
    meters: [...city.meters.map((meter) => toMeter(meter, city, options)), ...toVirtual(city)],
    vehicles: city.vehicles.map((vehicle) => toVehicle(vehicle, city, options)),
    places,
    routes: city.routes.map(({ way: _, ...route }) => route),
    dispatches: toDispatches(city, options),
    rules: sensitiveMeters(city).map((id) => ({
      id: `${id}-standby`,
      kind: 'energy.consumption-anomaly',
      scope: { meter: id },
      params: { warningKwh: 2 },
    })),
    users,
    gateways: gateways.map(({ id, devices }) => ({ id, secret: city.secretOf(id), devices })),
    ...toGoals(city, options.now),
    tariffs: city.institutions.some(({ id }) => id === tariff.institution) ? [tariff] : [],
  };
}

function toMeter(
  { id, building, medium, name, subItem, parent, ratedKw, everyS, modbus, speaks }: SimulatedMeter,
  city: City,
  { modbusHost = '127.0.0.1', modbusPort, historyEveryS = everyS }: InventoryOptions,
) {
  return {
    id,
    building,
    medium,
    name,
    everyS: historyEveryS,
    ...(subItem && { subItem }),
    ...(parent && { parent }),
    ...(ratedKw && { ratedKw }),
    ...(modbus
      ? { ctRatio: modbus.ctRatio }
      : { mqtt: { secret: city.secretOf(id), ...(speaks && spokenAs(speaks)) } }),
    ...(modbus &&
      modbusPort !== undefined && {
        modbus: { host: modbusHost, port: modbusPort, unit: modbus.unit, profile: modbus.profile },
      }),
  };
}

const spokenAs = ({ mapping, serial }: NonNullable<SimulatedMeter['speaks']>) => ({
  mapping,
  id: serial,
});

/** What each meter at the top of a tree measures that none below it does. */
const toVirtual = ({ meters }: City) =>
  meters.flatMap(({ id, building, medium }) => {
    const below = meters.filter(({ parent }) => parent === id);
    if (below.length === 0) return [];
    return [
      {
        id: `${id}-rest`,
        building,
        medium,
        name: '未分项用电',
        virtual: {
          parts: [{ meter: id }, ...below.map((each) => ({ meter: each.id, factor: -1 }))],
        },
      },
    ];
  });

/** Made up, in the manner of provincial tariffs: the city of a simulator has no price list. */
const tariff = {
  id: 'hq-electricity',
  institution: 'hq',
  name: '一般工商业分时电价（示例）',
  validFrom: '2025-01-01',
  source: 'made up for the simulated city, no real price list',
  prices: { sharp: 1.18, peak: 0.96, flat: 0.66, valley: 0.36 },
  seasons: [
    {
      months: [2, 3, 4, 5, 9, 10, 11],
      periods: [
        { from: '23:00', to: '07:00', band: 'valley' },
        { from: '07:00', to: '08:00', band: 'flat' },
        { from: '08:00', to: '12:00', band: 'peak' },
        { from: '12:00', to: '17:00', band: 'flat' },
        { from: '17:00', to: '21:00', band: 'peak' },
        { from: '21:00', to: '23:00', band: 'flat' },
      ],
    },
    {
      months: [1, 6, 7, 8, 12],
      periods: [
        { from: '23:00', to: '07:00', band: 'valley' },
        { from: '07:00', to: '08:00', band: 'flat' },
        { from: '08:00', to: '12:00', band: 'peak' },
        { from: '12:00', to: '17:00', band: 'flat' },
        { from: '17:00', to: '19:00', band: 'sharp' },
        { from: '19:00', to: '21:00', band: 'peak' },
        { from: '21:00', to: '23:00', band: 'flat' },
      ],
    },
  ],
};

const toVehicle = (
  { id, institution, plate, class: kind, fuel, tankL, parking, everyS, terminal }: SimulatedVehicle,
  city: City,
  { historyEveryS }: InventoryOptions,
) => ({
  id,
  institution,
  plate,
  class: kind,
  fuel,
  tankL,
  parking,
  everyS: historyEveryS === undefined ? everyS : recordedPositionsMs / 1000,
  ...speechOf(id, terminal, city),
});

interface Speech {
  readonly jt808?: TerminalAddress;
  readonly mqtt?: { readonly secret: string };
}

const speechOf = (id: string, terminal: SimulatedTerminal | undefined, city: City): Speech =>
  terminal ? { jt808: addressOf(terminal) } : { mqtt: { secret: city.secretOf(id) } };

/** The edition only where its headers do not tell it. */
const addressOf = ({ phone, edition, layout }: SimulatedTerminal): TerminalAddress => ({
  phone,
  ...(edition === 2019 && layout !== 2019 && { edition }),
});

const purposes = ['机要文件交换', '应急值班', '公务接待', '执法检查', '业务调研', '会议用车'];

const toDispatches = (city: City, { now, pastDays = 2, aheadDays = 7 }: InventoryOptions) =>
  city.vehicles.flatMap((vehicle) =>
    createDuties(vehicle, city)
      .shiftsIn(now - pastDays * dayMs, now + aheadDays * dayMs)
      .map(({ id, route, from, to, variant, staysS }) => ({
        id,
        vehicle: vehicle.id,
        driver: vehicle.driver,
        from: isoInZone(from, zone),
        to: isoInZone(to, zone),
        route: route.id,
        purpose: purposes[(variant + Math.floor(staysS)) % purposes.length] ?? '公务',
      })),
  );
