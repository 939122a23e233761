import type { Medium, Metric } from './metrics.ts';
import type { RegisterType } from './register-types.ts';

/** What the registry knows. Names, shapes and defaults are those of the inventory file. Times are Unix ms UTC inside. */

export type LonLat = readonly [lon: number, lat: number];
export type InstitutionLevel =
  | 'national'
  | 'provincial'
  | 'municipal'
  | 'county'
  | 'township'
  | 'unit';

export interface Institution {
  readonly id: string;
  readonly name: string;
  readonly level: InstitutionLevel;
  /** Administrative division code, 6 digits (GB/T 2260). */
  readonly division?: string;
  /** Kind of institution for like-for-like comparison, such as `party-government`, `education`, `medical`. */
  readonly kind?: string;
  /** Number of energy users (用能人数). */
  readonly energyUsers?: number;
  readonly floorAreaM2?: number;
  readonly parent: string | null;
  /** IANA name; days are days of this zone. */
  readonly timeZone: string;
}

export interface Building {
  readonly id: string;
  readonly institution: string;
  readonly name: string;
  readonly floorAreaM2?: number;
}

export type { RegisterType };
export type WordOrder = 'ABCD' | 'CDAB' | 'BADC' | 'DCBA';

/** One value in a slave's register map. */
export interface Register {
  readonly metric: Metric;
  /** Zero-based address on the wire. */
  readonly address: number;
  readonly fc: 3 | 4;
  readonly type: RegisterType;
  readonly order: WordOrder;
  /** Raw × scale = value in the metric's unit. */
  readonly scale: number;
  /** `secondary`: multiplied by the meter's `ctRatio` (and `ptRatio`). */
  readonly side: 'primary' | 'secondary';
}

export interface ModbusAddress {
  readonly host: string;
  readonly port: number;
  /** Slave address, 0 to 255. */
  readonly unit: number;
  /** Name of a file in `protocols/profiles`, or `generic`. */
  readonly profile: string;
  /** Only with profile `generic`. */
  readonly registers?: readonly Register[];
}

export interface Meter {
  readonly id: string;
  readonly building: string;
  readonly medium: Medium;
  readonly name: string;
  /** Sub-item code such as `A`, `B1`, `D1` (住建部 2008). */
  readonly subItem?: string;
  /** The meter above in the meter tree. */
  readonly parent?: string;
  readonly ratedKw?: number;
  /** How often a reading is expected, or a slave polled, in seconds. */
  readonly everyS?: number;
  readonly ctRatio: number;
  readonly ptRatio: number;
  /** Digits before the decimal point of the counter, for its wrap. */
  readonly digits?: number;
  readonly decimals?: number;
  /** Zone of device times that carry none. */
  readonly timeZone?: string;
  /** Publishes by MQTT; the secret is not here. */
  readonly mqtt?: Record<string, never>;
  readonly modbus?: ModbusAddress;
}

export type VehicleClass =
  | 'courier'
  | 'emergency'
  | 'law-enforcement'
  | 'special'
  | 'reception'
  | 'general';

export interface Vehicle {
  readonly id: string;
  readonly institution: string;
  readonly plate: string;
  readonly name?: string;
  readonly class: VehicleClass;
  readonly fuel: 'gasoline' | 'diesel' | 'electric' | 'hybrid' | 'gas';
  readonly tankL?: number;
  /** Place of designated parking. */
  readonly parking?: string;
  readonly everyS?: number;
  readonly jt808?: { readonly phone: string };
  readonly mqtt?: Record<string, never>;
  /** Rule kinds this vehicle is exempt from. */
  readonly exempt: readonly string[];
  /** Days of the institution's zone, `from` inclusive, `to` exclusive (YYYY-MM-DD). */
  readonly sealed: readonly { readonly from: string; readonly to: string }[];
}

export interface Place {
  readonly id: string;
  readonly institution: string;
  readonly name: string;
  readonly kind: 'parking' | 'area' | 'fuel' | 'repair' | 'charging' | 'poi';
  readonly circle?: { readonly center: LonLat; readonly radiusM: number };
  /** Ring of at least three corners; closed or not. */
  readonly polygon?: readonly LonLat[];
}

export interface Route {
  readonly id: string;
  readonly institution: string;
  readonly name: string;
  readonly line: readonly LonLat[];
  /** Half width: how far from the line is still on the route. */
  readonly widthM: number;
}

export interface Dispatch {
  readonly id: string;
  readonly vehicle: string;
  readonly driver?: string;
  readonly from: number;
  readonly to: number;
  readonly route?: string;
  /** Place whose area may be driven in, instead of a route. */
  readonly area?: string;
  readonly purpose?: string;
  readonly passengers?: number;
}

/** Exactly one of the keys, or none for everything; the most specific wins. */
export interface Scope {
  readonly meter?: string;
  readonly vehicle?: string;
  readonly building?: string;
  readonly institution?: string;
}

export interface RuleInstance {
  readonly id: string;
  readonly kind: string;
  readonly scope: Scope;
  readonly params: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
  readonly severity?: Severity;
}

export type Severity = 'info' | 'warning' | 'critical';
export type Role = 'admin' | 'energy-officer' | 'fleet-manager' | 'viewer' | 'integrator';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  /** Acts within this institution and those below; null is everything, for the first admin. */
  readonly institution: string | null;
  readonly email?: string;
}

/** Speaks for several devices over one connection. */
export interface Gateway {
  readonly id: string;
  readonly devices: readonly string[];
}

export interface ServiceAccount {
  readonly id: string;
  readonly institution: string;
  /** Topic filters it may subscribe to. */
  readonly subscribe: readonly string[];
}

export type DayKind = 'workday' | 'weekend' | 'statutory-holiday' | 'transfer-workday';

export interface CalendarDay {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly kind: DayKind;
  readonly name?: string;
}

export interface ChannelSettings {
  readonly id: string;
  readonly kind: 'webhook' | 'email';
  readonly url?: string;
  readonly to?: readonly string[];
}

export interface Routing {
  readonly id: string;
  readonly institution: string;
  /** Rule kinds; `vehicle.*` is all of a family. */
  readonly kinds: readonly string[];
  /** This and worse. */
  readonly severity: Severity;
  readonly channel: string;
}

/** Kind of thing in the registry → its shape. */
export interface Entities {
  readonly institutions: Institution;
  readonly buildings: Building;
  readonly meters: Meter;
  readonly vehicles: Vehicle;
  readonly places: Place;
  readonly routes: Route;
  readonly dispatches: Dispatch;
  readonly rules: RuleInstance;
  readonly users: User;
  readonly gateways: Gateway;
  readonly serviceAccounts: ServiceAccount;
  readonly calendar: CalendarDay & { readonly id: string };
  readonly channels: ChannelSettings;
  readonly routing: Routing;
}

export type EntityKind = keyof Entities;
