import { AppError } from '../../model/errors.ts';
import { type BodyReader, readBody, writeBody } from './body.ts';
import { type Explained, type Field, optional, record, type Words } from './field.ts';
import { bytes, choice, flags, i16, restBytes, scaled, u8, u16, u32 } from './fields.ts';
import { type Item, type ItemKind, kind } from './item.ts';
import { vendorKinds } from './vendors/index.ts';
import { hexByte } from './wire.ts';

export type { Item };

const area = {
  1: { zh: '圆形区域', en: 'circle' },
  2: { zh: '矩形区域', en: 'rectangle' },
  3: { zh: '多边形区域', en: 'polygon' },
  4: { zh: '路线或路段', en: 'route or segment' },
} as const;
const areaId = { zh: '区域或路段 ID', en: 'area or segment id' };

const signals = [
  ['近光灯', 'low beam'],
  ['远光灯', 'high beam'],
  ['右转向灯', 'right turn'],
  ['左转向灯', 'left turn'],
  ['制动', 'brake'],
  ['倒档', 'reverse'],
  ['雾灯', 'fog lamp'],
  ['示廓灯', 'clearance lamp'],
  ['喇叭', 'horn'],
  ['空调', 'air conditioning'],
  ['空挡', 'neutral'],
  ['缓速器', 'retarder'],
  ['ABS', 'ABS'],
  ['加热器', 'heater'],
  ['离合器', 'clutch'],
] as const;
const signalNames = Object.fromEntries(signals.map(([zh, en], bit) => [bit, { zh, en }]));

/** The standard's additional items, JT/T 808-2019 tables 27 and following. 0x05 and 0x06 are of 2019. */
export const standardItems = {
  odometerKm: kind(0x01, 4, '里程', 'odometer', scaled(4, 10, 'km')),
  fuelL: kind(0x02, 2, '油量', 'fuel', scaled(2, 10, 'L')),
  recorderSpeedKmh: kind(0x03, 2, '行驶记录速度', 'recorder speed', scaled(2, 10, 'km/h')),
  /** Of an alarm a person has to confirm, from 1. */
  alarmEvent: kind(0x04, 2, '需人工确认的报警事件 ID', 'alarm event to confirm', u16()),
  /** A byte a wheel, FF where there is none. The text says Pa, which a byte cannot be meant in. */
  tyrePressures: kind(0x05, 30, '胎压', 'tyre pressures', bytes(30)),
  /** Two's complement; the text of 2019 can be read as sign and magnitude too. */
  cabinTemperatureC: kind(0x06, 2, '车厢温度', 'cabin temperature', i16('°C')),
  overspeedPlace: kind(
    0x11,
    [1, 5],
    '超速报警位置',
    'place of overspeed',
    record({
      kind: {
        zh: '位置类型',
        en: 'kind',
        is: choice(1, { 0: { zh: '无特定位置', en: 'none' }, ...area }),
      },
      id: { ...areaId, is: optional(u32()) },
    }),
  ),
  crossing: kind(
    0x12,
    6,
    '进出区域或路线',
    'area or route entered or left',
    record({
      kind: { zh: '位置类型', en: 'kind', is: choice(1, area) },
      id: { ...areaId, is: u32() },
      direction: {
        zh: '方向',
        en: 'direction',
        is: choice(1, { 0: { zh: '进', en: 'in' }, 1: { zh: '出', en: 'out' } }),
      },
    }),
  ),
  segmentTime: kind(
    0x13,
    7,
    '路段行驶时间不足或过长',
    'time on segment too short or too long',
    record({
      id: { zh: '路段 ID', en: 'segment id', is: u32() },
      seconds: { zh: '行驶时间', en: 'time', is: u16('s') },
      result: {
        zh: '结果',
        en: 'result',
        is: choice(1, { 0: { zh: '不足', en: 'too short' }, 1: { zh: '过长', en: 'too long' } }),
      },
    }),
  ),
  signals: kind(0x25, 4, '扩展车辆信号', 'vehicle signals', flags(4, signalNames)),
  io: kind(
    0x2a,
    2,
    'IO 状态',
    'IO status',
    flags(2, { 0: { zh: '深度休眠', en: 'deep sleep' }, 1: { zh: '休眠', en: 'sleep' } }),
  ),
  /** AD1 stands ahead of AD0. */
  analogue: kind(
    0x2b,
    4,
    '模拟量',
    'analogue inputs',
    record({ ad1: { zh: 'AD1', en: 'AD1', is: u16() }, ad0: { zh: 'AD0', en: 'AD0', is: u16() } }),
  ),
  signalStrength: kind(0x30, 1, '无线通信网络信号强度', 'network signal strength', u8()),
  satellites: kind(0x31, 1, 'GNSS 定位卫星数', 'satellites', u8()),
} as const;

export type ItemName = keyof typeof standardItems;
type ItemValue<Name extends ItemName> =
  (typeof standardItems)[Name] extends ItemKind<infer T> ? T : never;

/**
 * What an item of the standard says, in the unit of its name; the first one where it came more than once.
 *
 * @returns undefined where there is none of a known length
 */
export function itemIn<Name extends ItemName>(
  items: readonly Item[],
  name: Name,
): ItemValue<Name> | undefined {
  const { id, sizes, is } = standardItems[name] as ItemKind<ItemValue<Name>>;
  const found = items.find((item) => item.id === id && sizes.includes(item.bytes.length));
  return found && is.read(readBody(found.bytes, 2019));
}

/** An item of the standard. @throws AppError `INPUT_INVALID` where the value does not fit */
export function toItem<Name extends ItemName>(name: Name, value: ItemValue<Name>): Item {
  const { id, sizes, is } = standardItems[name] as ItemKind<ItemValue<Name>>;
  const written = writeBody(2019, (to) => is.write(to, value));
  if (sizes.includes(written.length)) return { id, bytes: written };
  throw new AppError('INPUT_INVALID', `got item ${name} of ${written.length} bytes`);
}

/** Items one behind the other; `rest` is what no longer is a whole one, none where all are. */
export function readItems(from: Uint8Array): {
  readonly items: readonly Item[];
  readonly rest: Uint8Array;
} {
  const items: Item[] = [];
  let at = 0;
  while (at + 2 <= from.length) {
    const end = at + 2 + (from[at + 1] ?? 0);
    if (end > from.length) break;
    items.push({ id: from[at] ?? 0, bytes: from.subarray(at + 2, end) });
    at = end;
  }
  return { items, rest: from.subarray(at) };
}

const kinds: readonly ItemKind<unknown>[] = [...Object.values(standardItems), ...vendorKinds];

const oddLength = (size: number): Words => ({
  zh: `，长度 ${size} 字节不在标准之内`,
  en: `, of ${size} bytes, which the standard does not have`,
});

/** The next item as a person reads it; reads to the end where there is no whole one. */
export function explainItem(from: BodyReader, base: number): Explained {
  const offset = base + from.at();
  const left = from.remaining();
  const id = left > 0 ? from.u8() : 0;
  const size = left > 1 ? from.u8() : 0;
  if (left < 2 || size > from.remaining()) {
    const rest = from.take(from.remaining());
    const name = { zh: '不完整的附加信息', en: 'additional item cut short' };
    const bytes = Uint8Array.of(id, ...(left > 1 ? [size] : []), ...rest);
    return { name, offset, bytes, isFault: true };
  }
  const content = from.take(size);
  const known = kinds.find((one) => one.id === id && one.sizes.includes(size));
  const named = known ?? kinds.find((one) => one.id === id);
  const label = `0x${hexByte(id)}`;
  const odd = known || !named ? { zh: '', en: '' } : oddLength(size);
  const is: Field<unknown> = known?.is ?? restBytes;
  return {
    name: {
      zh: `${label} ${named?.zh ?? '未知附加信息'}${odd.zh}`,
      en: `${label} ${named?.en ?? 'unknown item'}${odd.en}`,
    },
    offset,
    bytes: Uint8Array.of(id, size, ...content),
    ...(!known && { isFault: true }),
    ...is.explain(readBody(content, from.edition), offset + 2),
  };
}
