import type { Cjt188Type } from '../../model/line-address.ts';
import type { Metric } from '../../model/metrics.ts';
import { toBcd } from '../bcd.ts';
import { identifiers, typeCodes } from './ask.ts';
import { composeFrame, control, type Frame, framesIn, saysIdentifier } from './frame.ts';
import {
  bit,
  clockBytes,
  hoursBytes,
  type Layout,
  layouts,
  type Quantity,
  temperatureBytes,
  temperatureOver,
  temperatures,
  units,
  valueBytes,
} from './layouts.ts';

/** A meter of our own on a line. */
export interface PlayedMeter {
  readonly type: Cjt188Type;
  /** 14 digits. */
  readonly address: string;
  /** What it shows, in the units of the catalogue; nothing: FF. `valve_closed`, `valve_fault` and `battery_low` make the state. */
  value(metric: Metric): number | undefined;
  /** Whether it puts units ahead of values, as some heat meters do. */
  readonly isUnitFirst?: boolean;
}

/** The unit a played meter gives each quantity: m³, GJ, kW, m³/h. */
const unitCodes: Readonly<Record<Quantity, number>> = {
  volume: 0x2c,
  heat: 0x11,
  power: 0x17,
  flow: 0x35,
};

const filled = (count: number): Uint8Array => new Uint8Array(count).fill(0xff);

function quantityBytes(quantity: Quantity, value: number | undefined): readonly Uint8Array[] {
  const code = unitCodes[quantity];
  const { times, over } = units[quantity][code] ?? { times: 1, over: 1 };
  const bytes =
    value === undefined
      ? filled(valueBytes)
      : toBcd(Math.round((value * over) / times), valueBytes);
  return [bytes, Uint8Array.of(code)];
}

function extra({ extraBytes }: Layout, { value }: PlayedMeter): readonly number[] {
  if (extraBytes === 0) return [];
  const shown = temperatures.flatMap((metric) => {
    const degrees = value(metric);
    return degrees === undefined
      ? [...filled(temperatureBytes)]
      : [...toBcd(Math.round(degrees * temperatureOver), temperatureBytes)];
  });
  return [...shown, ...filled(hoursBytes)];
}

const stateByte = ({ value }: PlayedMeter): number =>
  (value('valve_closed') ? bit.closed : 0) |
  (value('valve_fault') ? bit.fault : 0) |
  (value('battery_low') ? bit.batteryLow : 0);

function currentData(asked: Frame, meter: PlayedMeter): Uint8Array {
  const layout = layouts[typeCodes[meter.type] >> 4] ?? { parts: [], extraBytes: 0 };
  const shown = layout.parts.flatMap(({ quantity, metric }) => {
    const parts = quantityBytes(quantity, meter.value(metric));
    return (meter.isUnitFirst ? parts.toReversed() : parts).flatMap((part) => [...part]);
  });
  const behind = [...extra(layout, meter), ...filled(clockBytes), stateByte(meter), 0];
  return Uint8Array.of(...asked.data, ...shown, ...behind);
}

/** What a played meter answers to a request, as on the line; nothing where another is asked or something it does not do. */
export function answerTo(request: Uint8Array, meter: PlayedMeter): Uint8Array | undefined {
  const [asked] = framesIn(request);
  const isMine =
    asked && [...asked.address].every((digit, i) => digit === 'a' || digit === meter.address[i]);
  if (!asked || !isMine) return undefined;
  const answer = (data: Uint8Array) =>
    composeFrame({
      type: typeCodes[meter.type],
      address: meter.address,
      control: asked.control | control.isAnswer,
      data,
    });
  if (asked.control === control.read && saysIdentifier(asked, identifiers.current))
    return answer(currentData(asked, meter));
  if (asked.control !== control.readAddress) return undefined;
  return answer(asked.data);
}
