/** What is known of the gas a meter counts. */
export interface GasSupply {
  /** `standard`: m³ as they are billed, at 20 °C and 101.325 kPa; `working`: as they flow. */
  readonly volumeCondition: 'standard' | 'working';
  /** Of the working condition. */
  readonly temperatureC?: number;
  /** Of the working condition; gauge pressure and the air's together. */
  readonly absolutePressureKpa?: number;
  /** Net heating value as the supplier states it, MJ for each standard m³. */
  readonly netHeatingValueMjPerM3?: number;
}
