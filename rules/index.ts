import { deviceSilent } from './kinds/device/silent.ts';
import { consumptionAnomaly } from './kinds/energy/consumption-anomaly.ts';
import { meterBalance } from './kinds/meter/balance.ts';
import { counterDrop } from './kinds/meter/counter-drop.ts';
import { offRoute } from './kinds/vehicle/off-route.ts';
import type { RuleKind } from './rule.ts';

/** Every rule kind; the exemplary small one is `device.silent`. */
export const ruleKinds: readonly RuleKind[] = [
  deviceSilent,
  consumptionAnomaly,
  counterDrop,
  meterBalance,
  offRoute,
];
