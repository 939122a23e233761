import type { ChannelSettings, Routing } from './channels.ts';
import type { GasSupply } from './gas-supply.ts';
import type { Cap, Correction, Target } from './goals.ts';
import type { Cjt188Address, Dlt645Address, LineAddress, SerialLine } from './line-address.ts';
import type { CircuitKind, RoomKind } from './meter-use.ts';
import type { Medium, Metric } from './metrics.ts';
import type { RegisterType, WordOrder } from './register-types.ts';
import type { Replacement } from './replacement.ts';
import type { Tariff } from './tariff.ts';
import type { TerminalAddress } from './terminal-address.ts';
import type { VirtualMeter, VirtualShare } from './virtual-meter.ts';
import type { Place, Route } from './ways.ts';
import type { WeatherMonth } from './weather.ts';

export type { ChannelSettings, Routing } from './channels.ts';
export type { LonLat, Place, Route } from './ways.ts';

/** What the registry knows. Names, shapes and defaults are those of the inventory file. Times are Unix ms UTC inside. */

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
  /** Of the province's quotas; in Shandong A on the coast, B inland. */
  readonly climateZone?: 'A' | 'B';
  /** The institution that leads its department (主管部门); the one above it where absent. */
  readonly department?: string;
  /** Number of energy users (用能人数). */
  readonly energyUsers?: number;
  readonly floorAreaM2?: number;
  readonly parent: string | null;
  /** IANA name; days are days of this zone. */
  readonly timeZone: string;
  /** Of a working day, as clocks of the zone show them; 08:00 to 18:00 where absent. */
  readonly officeHours?: OfficeHours;
  /** Open by weekday instead of by the working calendar: 1 Monday … 7 Sunday. */
  readonly openWeekdays?: readonly number[];
  /** Vacations: it is closed whatever the calendar says. YYYY-MM-DD, `to` exclusive. */
  readonly closures?: readonly { readonly from: string; readonly to: string }[];
}

/** `HH:MM`, `from` inclusive, `to` exclusive and later. */
export interface OfficeHours {
  readonly from: string;
  readonly to: string;
}

export interface Building {
  readonly id: string;
  readonly institution: string;
  readonly name: string;
  readonly floorAreaM2?: number;
}

export type { RegisterType, WordOrder };

/** A register that says by what another is multiplied, read with the same function code. */
export interface ScaleRegister {
  readonly address: number;
  readonly type: RegisterType;
  readonly order: WordOrder;
  /** Whether its number is the factor (a transformer's ratio), or the power of ten of the factor. */
  readonly as: 'factor' | 'power-of-ten';
  /** Raw × scale = factor or power. */
  readonly scale: number;
}

/** One value in a slave's register map. */
export interface Register {
  readonly metric: Metric;
  /** Zero-based address on the wire. */
  readonly address: number;
  readonly fc: 3 | 4;
  readonly type: RegisterType;
  readonly order: WordOrder;
  /** Only these bits of a u16 or u32, 0 the lowest, both ends included, as a number. */
  readonly bits?: readonly [from: number, to: number];
  /** Raw × scale + offset = value in the metric's unit. */
  readonly scale: number;
  /** Multiplied with the scale. */
  readonly scaleFrom?: readonly ScaleRegister[];
  readonly offset?: number;
  /** Raw numbers or bit patterns that mean "none", instead of those usual for the type. */
  readonly missing?: readonly number[];
  /** `secondary`: multiplied by the meter's `ctRatio` (and `ptRatio`). */
  readonly side: 'primary' | 'secondary';
}

export interface ModbusAddress extends LineAddress {
  /** With host and port. `tcp`: Modbus TCP, the default; `rtu`: serial frames through a DTU that passes bytes on. */
  readonly framing?: 'tcp' | 'rtu';
  /** Slave address, 0 to 255. */
  readonly unit: number;
  /** Name of a file in `protocols/profiles`, or `generic`. */
  readonly profile: string;
  /** Only with profile `generic`. */
  readonly registers?: readonly Register[];
}

export type {
  Cjt188Address,
  Dlt645Address,
  LineAddress,
  Replacement,
  SerialLine,
  VirtualMeter,
  VirtualShare,
};

/** How a sender that does not speak the house's own JSON is understood. */
interface MqttAddress {
  /** Name of a file in `protocols/mappings`; absent: the house's own topics and JSON. */
  readonly mapping?: string;
  /** What it is called in topics and payloads, where that is not its id. */
  readonly id?: string;
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
  /** Publishes by MQTT, itself or through a gateway; the secret is not here. */
  readonly mqtt?: MqttAddress;
  readonly modbus?: ModbusAddress;
  readonly dlt645?: Dlt645Address;
  readonly cjt188?: Cjt188Address;
  /** Counts nothing itself: its consumption is worked out from that of others. */
  readonly virtual?: VirtualMeter;
  /** Only of gas. */
  readonly gas?: GasSupply;
  /** Only of electricity. */
  readonly circuit?: CircuitKind;
  /** Only of the environment. */
  readonly room?: RoomKind;
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
  /** Maker and type, for comparing like with like. */
  readonly model?: string;
  readonly class: VehicleClass;
  readonly fuel: 'gasoline' | 'diesel' | 'electric' | 'hybrid' | 'gas';
  readonly tankL?: number;
  /** Place of designated parking. */
  readonly parking?: string;
  readonly everyS?: number;
  readonly jt808?: TerminalAddress;
  readonly mqtt?: Record<string, never>;
  /** Rule kinds this vehicle is exempt from. */
  readonly exempt: readonly string[];
  /** Days of the institution's zone, `from` inclusive, `to` exclusive (YYYY-MM-DD). */
  readonly sealed: readonly { readonly from: string; readonly to: string }[];
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
  /** Way that was approved, there and back. */
  readonly distanceKm?: number;
  /** When it was filed; absent: before the trip. An emergency slip is filed afterwards. */
  readonly filedAt?: number;
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
  /** Its messages say in their payload which of its meters they are about. */
  readonly mqtt?: MqttAddress;
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
  readonly replacements: Replacement & { readonly id: string };
  readonly tariffs: Tariff;
  readonly targets: Target;
  readonly caps: Cap;
  readonly corrections: Correction;
  readonly weather: WeatherMonth;
}

export type EntityKind = keyof Entities;
