import { dayMs, isoInZone } from '../model/time.ts';
import type { City, SimulatedMeter, SimulatedVehicle } from './city.ts';
import { createDuties } from './duty.ts';
import { sensitiveMeters } from './fault-plan.ts';

export interface InventoryOptions {
  /** Where the Modbus slaves are served; without it their gateways alone speak for them. */
  readonly modbusPort?: number;
  /** Default 127.0.0.1. */
  readonly modbusHost?: string;
  /** Unix ms UTC: dispatches stand around it. */
  readonly now: number;
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
    meters: city.meters.map((meter) => toMeter(meter, city, options)),
    vehicles: city.vehicles.map((vehicle) => toVehicle(vehicle, city)),
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
  };
}

function toMeter(
  { id, building, medium, name, subItem, parent, ratedKw, everyS, modbus }: SimulatedMeter,
  city: City,
  { modbusHost = '127.0.0.1', modbusPort }: InventoryOptions,
) {
  return {
    id,
    building,
    medium,
    name,
    everyS,
    ...(subItem && { subItem }),
    ...(parent && { parent }),
    ...(ratedKw && { ratedKw }),
    ...(modbus ? { ctRatio: modbus.ctRatio } : { mqtt: { secret: city.secretOf(id) } }),
    ...(modbus &&
      modbusPort !== undefined && {
        modbus: { host: modbusHost, port: modbusPort, unit: modbus.unit, profile: modbus.profile },
      }),
  };
}

const toVehicle = (
  { id, institution, plate, class: kind, fuel, tankL, parking, everyS }: SimulatedVehicle,
  city: City,
) => ({
  id,
  institution,
  plate,
  class: kind,
  fuel,
  tankL,
  parking,
  everyS,
  mqtt: { secret: city.secretOf(id) },
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
