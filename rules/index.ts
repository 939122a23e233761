import { deviceSilent } from './kinds/device/silent.ts';
import { afterHours } from './kinds/energy/after-hours.ts';
import { consumptionAnomaly } from './kinds/energy/consumption-anomaly.ts';
import { holidayLoad } from './kinds/energy/holiday-load.ts';
import { nightLoad } from './kinds/energy/night-load.ts';
import { peakDemand } from './kinds/energy/peak-demand.ts';
import { energyPeer } from './kinds/energy/peer.ts';
import { phaseImbalance } from './kinds/energy/phase-imbalance.ts';
import { powerFactor } from './kinds/energy/power-factor.ts';
import { energyQuota } from './kinds/energy/quota.ts';
import { energyTarget } from './kinds/energy/target.ts';
import { totalCap } from './kinds/energy/total-cap.ts';
import { voltage } from './kinds/energy/voltage.ts';
import { meterBalance } from './kinds/meter/balance.ts';
import { meterClock } from './kinds/meter/clock.ts';
import { counterDrop } from './kinds/meter/counter-drop.ts';
import { meterGap } from './kinds/meter/gap.ts';
import { meterImplausible } from './kinds/meter/implausible.ts';
import { meterStuck } from './kinds/meter/stuck.ts';
import { roomTemperature } from './kinds/room/temperature.ts';
import { formDue } from './kinds/statistics/form-due.ts';
import { economy } from './kinds/vehicle/economy.ts';
import { fatigue } from './kinds/vehicle/fatigue.ts';
import { fuelDrop } from './kinds/vehicle/fuel-drop.ts';
import { idling } from './kinds/vehicle/idling.ts';
import { longIdle } from './kinds/vehicle/long-idle.ts';
import { mapDatum } from './kinds/vehicle/map-datum.ts';
import { missedStop } from './kinds/vehicle/missed-stop.ts';
import { offHours } from './kinds/vehicle/off-hours.ts';
import { offRoute } from './kinds/vehicle/off-route.ts';
import { offline } from './kinds/vehicle/offline.ts';
import { outOfArea } from './kinds/vehicle/out-of-area.ts';
import { overnightParking } from './kinds/vehicle/overnight-parking.ts';
import { overspeed } from './kinds/vehicle/overspeed.ts';
import { refuelElsewhere } from './kinds/vehicle/refuel-elsewhere.ts';
import { sealedMoved } from './kinds/vehicle/sealed-moved.ts';
import { tailNumber } from './kinds/vehicle/tail-number.ts';
import { terminalAlarms } from './kinds/vehicle/terminal-alarms.ts';
import { tow } from './kinds/vehicle/tow.ts';
import { undispatchedTrip } from './kinds/vehicle/undispatched-trip.ts';
import { wrongWay } from './kinds/vehicle/wrong-way.ts';
import { waterLeak } from './kinds/water/leak.ts';
import { networkLeak } from './kinds/water/network-leak.ts';
import type { RuleKind } from './rule.ts';

/** Every rule kind; the exemplary small one is `device.silent`. */
export const ruleKinds: readonly RuleKind[] = [
  deviceSilent,
  consumptionAnomaly,
  nightLoad,
  holidayLoad,
  afterHours,
  waterLeak,
  networkLeak,
  peakDemand,
  phaseImbalance,
  powerFactor,
  voltage,
  roomTemperature,
  energyTarget,
  energyQuota,
  totalCap,
  energyPeer,
  formDue,
  counterDrop,
  meterBalance,
  meterStuck,
  meterImplausible,
  meterClock,
  meterGap,
  offRoute,
  wrongWay,
  missedStop,
  mapDatum,
  offline,
  undispatchedTrip,
  offHours,
  outOfArea,
  sealedMoved,
  overnightParking,
  tailNumber,
  overspeed,
  fatigue,
  idling,
  longIdle,
  tow,
  fuelDrop,
  refuelElsewhere,
  economy,
  ...terminalAlarms,
];
