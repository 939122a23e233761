import type { WriteStream } from 'node:fs';
import type { Context } from '../model/context.ts';
import type { City } from './city.ts';

/** What can be wrong with a device that does not exist; the names stand in the labels file. */
export const faultKinds = ['spike', 'night-load', 'leak', 'stuck', 'silence', 'off-route'] as const;

export type FaultKind = (typeof faultKinds)[number];

/** Something wrong with a device for a time. Times are Unix ms UTC, `to` exclusive. */
export interface Fault {
  readonly fault: FaultKind;
  readonly device: string;
  readonly from: number;
  readonly to: number;
  /**
   * `spike`, `night-load`, `leak`: what is used beyond the usual, in the unit of the meter's counter per hour.
   * `off-route`: seconds the vehicle stands away from its route. Others: 0.
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
 * `steady`: now and then.
 */
export type FaultPlan = 'none' | 'demo' | 'steady';

export interface StartOptions {
  readonly city: City;
  /** `mqtt://host:port`, or `mqtts:`. */
  readonly mqttUrl: string;
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
