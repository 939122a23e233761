import type { GasSupply } from '../model/gas-supply.ts';

/** Gas from the state it was metered in to the state factors and bills are for. */

/** Of standard cubic metres: 20 °C, 101.325 kPa. */
const standardTemperatureK = 293.15;
const standardPressureKpa = 101.325;
const zeroCelsiusK = 273.15;
/** Net heating value of 1 kg of standard coal (7,000 kcal), MJ. */
const coalMjPerKg = 29.3076;

/**
 * m³ at 20 °C and 101.325 kPa, by the ideal gas law: below 1 % off at the pressures of buildings.
 * @returns undefined where the state of a working volume is not known
 */
export function toStandardM3(volumeM3: number, supply: GasSupply): number | undefined {
  if (supply.volumeCondition === 'standard') return volumeM3;
  const { temperatureC, absolutePressureKpa } = supply;
  if (temperatureC === undefined || absolutePressureKpa === undefined) return undefined;
  const temperatureK = temperatureC + zeroCelsiusK;
  return (
    volumeM3 * (absolutePressureKpa / standardPressureKpa) * (standardTemperatureK / temperatureK)
  );
}

/** kgce of a m³ of gas, from its net heating value in MJ/m³. */
export const coalOfHeatingValue = (netMjPerM3: number): number => netMjPerM3 / coalMjPerKg;
