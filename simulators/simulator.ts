import type { WriteStream } from 'node:fs';
import type { Context } from '../model/context.ts';
import type { City } from './city.ts';

/** What a vehicle terminal does that it should not, on its link: whoever listens has to bear it, and nobody is to be alarmed. */
export const manners = [
  'garbage',
  'shared-flag',
  'wrong-checksum',
  'half-frame',
  'register-twice',
  'wrong-code',
  'flood',
] as const;

export type Manner = (typeof manners)[number];

/** What can be wrong with a device that does not exist; the names stand in the labels file. */
export const faultKinds = [
  'spike',
  'night-load',
  'leak',
  'stuck',
  'frozen',
  'swap',
  'silence',
  'off-route',
  'terminal-alarm',
  'blind-area',
  ...manners,
] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Something wrong with a device for a time. Times are Unix ms UTC, `to` exclusive. */
export interface Fault {
  readonly fault: FaultKind;
  readonly device: string;
  readonly from: number;
  readonly to: number;
  /**
   * `spike`, `night-load`, `leak`: what is used beyond the usual, in the unit of the meter's counter per hour.
   * `swap`: what the new meter shows first. `off-route`: seconds the vehicle stands away from its route.
   * `terminal-alarm`: the bit of JT/T 808-2019 table 25 that is held. Others: 0.
   */
  readonly magnitude: number;
}

/** One line of the labels file (JSON Lines): a fault, and who should notice. */
export interface Label extends Fault {
  /** Rule kinds that should find it on the device; none where nobody can. */
  readonly expect: readonly string[];
  /** Meters above the device that measure the fault too, so that an alert on them is right as well. */
  readonly alsoOn: readonly string[];
}

export type Labels = Pick<WriteStream, 'write'>;

/** How far the history has been delivered. */
export interface Progress {
  /** 0 to 1. */
  readonly fraction: number;
  /** Messages acknowledged by the broker. */
  readonly messages: number;
  /** Readings and positions in them. */
  readonly readings: number;
}

/**
 * `none`; `demo`: some in the history, an excursion and a spike within the first minutes, more now and then;
 * `steady`: now and then; `rough`: nothing but terminals in trouble, some every second.
 */
export type FaultPlan = 'none' | 'demo' | 'steady' | 'rough';

export interface StartOptions {
  readonly city: City;
  /** `mqtt://host:port`, or `mqtts:`; without it only the terminals speak. */
  readonly mqttUrl?: string;
  /** Where vehicles with a terminal speak JT/T 808; without it they say nothing. */
  readonly jt808?: { readonly host: string; readonly port: number; readonly patience?: Patience };
  /** Gets a line (an `AcknowledgedReport`) for every report of a terminal that was acknowledged, several at once where one message had them. */
  readonly acknowledged?: Labels;
  /** For brokers with one login for all; otherwise every device logs in with its id and secret. */
  readonly login?: { readonly user: string; readonly password: string };
  /** Port of the Modbus TCP server; without it the slaves stay away. */
  readonly modbusPort?: number;
  /** Default 127.0.0.1. */
  readonly modbusHost?: string;
  /** `fast`: the history is delivered and that is all. 1: it goes on in real time. */
  readonly speed: 1 | 'fast';
  /** Where the history begins, Unix ms UTC; wins over `backfill.days`. */
  readonly from?: number;
  /** History up to now, before anything else: readings of meters every `everyS`, and the vehicles' last `vehicleDays` (1). */
  readonly backfill?: {
    readonly days: number;
    readonly everyS: number;
    readonly vehicleDays?: number;
  };
  readonly faults: FaultPlan;
  /** Faults of earlier runs, as read from their labels file: counters remember them. */
  readonly pastFaults?: readonly Fault[];
  /** Gets a line for every fault when it begins. */
  readonly labels?: Labels;
  /**
   * Remembers up to when everything was delivered. Where the file is there, the history begins at that instant instead of
   * `backfill.days` ago, and no faults are planted in it; nor are they where there are `pastFaults`.
   */
  readonly stateFile?: string;
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the delivery of history early; `startCity` then rejects with its reason. */
  readonly signal?: AbortSignal;
  readonly context?: Context;
}

/** How terminals wait for an answer: parameters 0x0002 and 0x0003 of JT/T 808. */
export interface Patience {
  /** Until the first repetition, ms; the nth then waits n times as long as the one before. Default 10,000. */
  readonly timeoutMs: number;
  /** Repetitions before the link is given up. Default 3. */
  readonly retries: number;
}

/** A report of a terminal that the platform has acknowledged; a line of `StartOptions.acknowledged`. */
export interface AcknowledgedReport {
  readonly device: string;
  /** Unix ms UTC. */
  readonly at: number;
  readonly lat: number;
  readonly lon: number;
  readonly odometerKm: number;
  /** Bits of JT/T 808-2019 table 25. */
  readonly alarms: number;
}

/** A city at work. */
export interface RunningCity {
  /** Port of the Modbus TCP server; null where there is none. */
  readonly modbusPort: number | null;
  /** Readings and positions acknowledged so far, history included. */
  sent(): number;
  /**
   * Makes something go wrong now, or as soon as it can (off-route: at the next crossing; night-load: the next night).
   * @param device by default one of those it can happen to
   * @throws AppError `INPUT_INVALID` where it cannot happen to the device, or something is wrong with it already
   */
  inject(kind: FaultKind, device?: string): Label;
  /** Faults planned and injected, by `from`. */
  faults(): readonly Fault[];
  stop(): Promise<void>;
}
