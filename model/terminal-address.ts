/** How the vehicle's JT/T 808 terminal is known, and what of it does not follow from what it sends. */
export interface TerminalAddress {
  /** Digits of the SIM or what the maker puts in its place, with or without leading zeros; hexadecimal ones in capitals. */
  readonly phone: string;
  /** Of JT/T 808, where the terminal does not say it rightly. */
  readonly edition?: 2011 | 2013 | 2019;
  /** Of the clock it sends; 480 where absent, as the standard has it. */
  readonly utcOffsetMinutes?: number;
  /** `wgs84` where absent, as the standard has it. */
  readonly datum?: 'wgs84' | 'gcj02';
  /** Vendor profile for what the standard leaves to the maker. */
  readonly profile?: string;
}
