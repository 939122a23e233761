import { deviceSilent } from './kinds/device/silent.ts';
import { consumptionAnomaly } from './kinds/energy/consumption-anomaly.ts';
import { meterBalance } from './kinds/meter/balance.ts';
import { meterClock } from './kinds/meter/clock.ts';
import { counterDrop } from './kinds/meter/counter-drop.ts';
import { meterGap } from './kinds/meter/gap.ts';
import { meterImplausible } from './kinds/meter/implausible.ts';
import { meterStuck } from './kinds/meter/stuck.ts';
import { offRoute } from './kinds/vehicle/off-route.ts';
import { terminalAlarms } from './kinds/vehicle/terminal-alarms.ts';
import type { RuleKind } from './rule.ts';

/** Every rule kind; the exemplary small one is `device.silent`. */
export const ruleKinds: readonly RuleKind[] = [
  deviceSilent,
  consumptionAnomaly,
  counterDrop,
  meterBalance,
  meterStuck,
  meterImplausible,
  meterClock,
  meterGap,
  offRoute,
  ...terminalAlarms,
];
