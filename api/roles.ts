import { type CommandKind, commandKinds } from '../commands/commands.ts';
import type { EntityKind, Role } from '../model/entities.ts';

/** Who may do what, before the scope is asked. An admin may everything. */

const everyone: readonly Role[] = [
  'admin',
  'energy-officer',
  'fleet-manager',
  'viewer',
  'integrator',
];

export const readers: Readonly<Record<EntityKind, readonly Role[]>> = {
  institutions: everyone,
  buildings: everyone,
  meters: everyone,
  vehicles: everyone,
  places: everyone,
  routes: everyone,
  dispatches: everyone,
  rules: everyone,
  users: everyone,
  calendar: everyone,
  gateways: ['admin', 'integrator'],
  serviceAccounts: ['admin', 'integrator'],
  channels: ['admin'],
  routing: ['admin'],
  replacements: everyone,
  tariffs: everyone,
  targets: everyone,
  caps: everyone,
  corrections: everyone,
  weather: everyone,
};

export const writers: Readonly<Record<EntityKind, readonly Role[]>> = {
  institutions: ['admin'],
  buildings: ['admin', 'energy-officer'],
  meters: ['admin', 'energy-officer', 'integrator'],
  vehicles: ['admin', 'fleet-manager', 'integrator'],
  places: ['admin', 'fleet-manager'],
  routes: ['admin', 'fleet-manager'],
  dispatches: ['admin', 'fleet-manager'],
  /** Each those that are theirs: `maySetRule`. */
  rules: ['admin', 'energy-officer', 'fleet-manager', 'integrator'],
  users: ['admin'],
  calendar: ['admin'],
  gateways: ['admin', 'integrator'],
  serviceAccounts: ['admin'],
  channels: ['admin'],
  routing: ['admin'],
  replacements: ['admin', 'energy-officer'],
  tariffs: ['admin', 'energy-officer'],
  targets: ['admin', 'energy-officer'],
  caps: ['admin', 'energy-officer'],
  corrections: ['admin', 'energy-officer'],
  weather: ['admin', 'energy-officer'],
};

export const entityKinds = Object.keys(writers) as readonly EntityKind[];

/** Collections a role may change. */
export const writesOf = (role: Role): EntityKind[] =>
  entityKinds.filter((kind) => writers[kind].includes(role));

const dispatchers: readonly Role[] = ['admin', 'fleet-manager'];
const fitters: readonly Role[] = ['admin', 'integrator'];

/** What concerns the drive to the fleet manager, what concerns the device to the integrator. */
export const commandedBy: Readonly<Record<CommandKind, readonly Role[]>> = {
  locate: dispatchers,
  track: dispatchers,
  text: dispatchers,
  'confirm-alarm': dispatchers,
  'read-parameters': fitters,
  'set-parameters': fitters,
  'read-attributes': fitters,
  restart: fitters,
};

export const commandsOf = (role: Role): CommandKind[] =>
  commandKinds.filter((kind) => commandedBy[kind].includes(role));

/** Who may see what was asked of terminals, and their frames. */
export const commandReaders: readonly Role[] = ['admin', 'fleet-manager', 'integrator'];

export const alertActors: readonly Role[] = [
  'admin',
  'energy-officer',
  'fleet-manager',
  'integrator',
];

/** Who fills in and reviews the statutory statistics; an institution's place above says what. */
export const formWriters: readonly Role[] = ['admin', 'energy-officer'];
export const formReaders: readonly Role[] = ['admin', 'energy-officer', 'viewer'];

/** Who keeps the books of vehicles. */
export const bookkeepers: readonly Role[] = ['admin', 'fleet-manager'];
