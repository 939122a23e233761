import type { Alert } from './alert.ts';
import type { Role, RuleInstance } from './entities.ts';

/** Which alerts and rules are whose, by what they are about. An admin may everything, a viewer nothing. */

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

const isAbout = (kind: string, ...families: readonly string[]): boolean =>
  families.some((family) => kind.startsWith(`${family}.`));

/** What depends on the terminal and how it is fitted rather than on who drives. */
const isAboutTerminal = (kind: string): boolean =>
  kind.startsWith('vehicle.terminal-') ||
  kind === 'vehicle.offline' ||
  kind === 'vehicle.map-datum';

/** A kind about any device is set by who looks after the one it is set for. */
export function maySetRule(
  role: Role,
  { kind, scope }: Pick<RuleInstance, 'kind' | 'scope'>,
): boolean {
  switch (role) {
    case 'admin':
      return true;
    case 'energy-officer':
      return (
        isAbout(kind, 'energy', 'meter', 'water', 'room', 'statistics') ||
        (isAbout(kind, 'device') && (scope.meter ?? scope.building) !== undefined)
      );
    case 'fleet-manager':
      return isAbout(kind, 'vehicle') || (isAbout(kind, 'device') && scope.vehicle !== undefined);
    case 'integrator':
      return isAbout(kind, 'device', 'meter') || isAboutTerminal(kind);
    case 'viewer':
      return false;
  }
}
