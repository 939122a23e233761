import type { Alert } from '../model/alert.ts';
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
};

export const writers: Readonly<Record<EntityKind, readonly Role[]>> = {
  institutions: ['admin'],
  buildings: ['admin', 'energy-officer'],
  meters: ['admin', 'energy-officer', 'integrator'],
  vehicles: ['admin', 'fleet-manager', 'integrator'],
  places: ['admin', 'fleet-manager'],
  routes: ['admin', 'fleet-manager'],
  dispatches: ['admin', 'fleet-manager'],
  rules: ['admin', 'integrator'],
  users: ['admin'],
  calendar: ['admin'],
  gateways: ['admin', 'integrator'],
  serviceAccounts: ['admin'],
  channels: ['admin'],
  routing: ['admin'],
  replacements: ['admin', 'energy-officer'],
  tariffs: ['admin', 'energy-officer'],
};

export const entityKinds = Object.keys(writers) as readonly EntityKind[];

/** Collections a role may change. */
export const writesOf = (role: Role): EntityKind[] =>
  entityKinds.filter((kind) => writers[kind].includes(role));

export const alertActors: readonly Role[] = [
  'admin',
  'energy-officer',
  'fleet-manager',
  'integrator',
];

/** Energy to the energy officer, vehicles to the fleet manager, devices also to the integrator. */
export function mayAct(role: Role, { kind, subject }: Pick<Alert, 'kind' | 'subject'>): boolean {
  switch (role) {
    case 'admin':
      return true;
    case 'energy-officer':
      return subject.type !== 'vehicle' && subject.type !== 'door';
    case 'fleet-manager':
      return subject.type === 'vehicle';
    case 'integrator':
      return kind.startsWith('device.');
    case 'viewer':
      return false;
  }
}
