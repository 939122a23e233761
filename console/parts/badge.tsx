import type { ReactNode } from 'react';
import type { AlertState } from '../../model/alert.ts';
import type { Severity } from '../../model/entities.ts';
import { useApp } from '../lib/app-context.ts';
import type { VehicleState } from '../lib/vehicles.ts';

/** Colour never speaks alone: each badge has its word. */

export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  const { texts } = useApp();
  return <span className={`badge severity ${severity}`}>{texts.severity[severity]}</span>;
}

export function StateBadge({ state }: { readonly state: AlertState }) {
  const { texts } = useApp();
  return <span className={`badge ${state}`}>{texts.state[state]}</span>;
}

export function VehicleBadge({ state }: { readonly state: VehicleState }) {
  const { texts } = useApp();
  return (
    <span className={`badge vehicle ${state}`}>
      <i aria-hidden="true" />
      {texts.vehicleState[state]}
    </span>
  );
}

export function HeardBadge({ heard }: { readonly heard: 'online' | 'silent' | 'never' }) {
  const { texts } = useApp();
  return (
    <span className={`badge heard ${heard}`}>
      <i aria-hidden="true" />
      {texts.meters[heard]}
    </span>
  );
}

/** How something stands, in a word. */
export function StateWord({
  tone,
  children,
}: {
  readonly tone: string;
  readonly children: ReactNode;
}) {
  return <span className={`badge ${tone}`}>{children}</span>;
}
