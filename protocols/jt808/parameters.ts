import { AppError } from '../../model/errors.ts';
import { alarmNames } from './alarms.ts';
import { type BodyReader, type BodyWriter, readBody, writeBody } from './body.ts';
import { explainNamed, type Field, type Words } from './field.ts';
import { bytes, choice, flags, restBytes, restText, scaled, u8, u16, u32 } from './fields.ts';
import { hexId } from './wire.ts';

/** A parameter of a terminal as it is sent. */
export interface Parameter {
  readonly id: number;
  /** At most 255. */
  readonly bytes: Uint8Array;
}

/** What a parameter means. */
export interface ParameterKind<T> extends Words {
  readonly id: number;
  readonly is: Field<T>;
}

const parameter = <T>(id: number, zh: string, en: string, is: Field<T>): ParameterKind<T> => ({
  id,
  zh,
  en,
  is,
});

/** Parameters, JT/T 808-2013 table 12, by what they are called here; units in the names. */
export const parameters = {
  heartbeatS: parameter(0x0001, '心跳发送间隔', 'heartbeat interval', u32('s')),
  tcpTimeoutS: parameter(0x0002, 'TCP 消息应答超时', 'TCP answer timeout', u32('s')),
  tcpRetries: parameter(0x0003, 'TCP 消息重传次数', 'TCP retries', u32()),
  udpTimeoutS: parameter(0x0004, 'UDP 消息应答超时', 'UDP answer timeout', u32('s')),
  udpRetries: parameter(0x0005, 'UDP 消息重传次数', 'UDP retries', u32()),
  smsTimeoutS: parameter(0x0006, 'SMS 消息应答超时', 'SMS answer timeout', u32('s')),
  smsRetries: parameter(0x0007, 'SMS 消息重传次数', 'SMS retries', u32()),
  server: parameter(0x0013, '主服务器地址', 'server', restText),
  tcpPort: parameter(0x0018, '服务器 TCP 端口', 'server TCP port', u32()),
  reportStrategy: parameter(
    0x0020,
    '位置汇报策略',
    'report strategy',
    choice(4, {
      0: { zh: '定时汇报', en: 'by time' },
      1: { zh: '定距汇报', en: 'by distance' },
      2: { zh: '定时和定距汇报', en: 'by both' },
    }),
  ),
  sleepIntervalS: parameter(0x0027, '休眠时汇报间隔', 'interval asleep', u32('s')),
  emergencyIntervalS: parameter(0x0028, '紧急报警时汇报间隔', 'interval in emergency', u32('s')),
  intervalS: parameter(0x0029, '缺省时间汇报间隔', 'interval', u32('s')),
  distanceM: parameter(0x002c, '缺省距离汇报间隔', 'distance between reports', u32('m')),
  cornerDeg: parameter(0x0030, '拐点补传角度', 'corner', u32('°')),
  displacementM: parameter(0x0031, '电子围栏半径', 'illegal displacement beyond', u16('m')),
  /** 2019: start hour, minute, end hour, minute. */
  forbiddenPeriod: parameter(0x0032, '违规行驶时段', 'forbidden driving period', bytes(4)),
  alarmMask: parameter(0x0050, '报警屏蔽字', 'alarms masked', flags(4, alarmNames)),
  maxSpeedKmh: parameter(0x0055, '最高速度', 'speed limit', u32('km/h')),
  overspeedS: parameter(0x0056, '超速持续时间', 'overspeed for', u32('s')),
  continuousDrivingS: parameter(0x0057, '连续驾驶时间门限', 'continuous driving limit', u32('s')),
  dailyDrivingS: parameter(0x0058, '当天累计驾驶时间门限', 'daily driving limit', u32('s')),
  minRestS: parameter(0x0059, '最小休息时间', 'shortest rest', u32('s')),
  maxParkingS: parameter(0x005a, '最长停车时间', 'parking limit', u32('s')),
  overspeedWarningKmh: parameter(
    0x005b,
    '超速预警差值',
    'warn below limit by',
    scaled(2, 10, 'km/h'),
  ),
  fatigueWarningS: parameter(0x005c, '疲劳预警差值', 'warn of fatigue ahead by', u16('s')),
  odometerKm: parameter(0x0080, '车辆里程表读数', 'odometer', scaled(4, 10, 'km')),
  province: parameter(0x0081, '省域 ID', 'province', u16()),
  city: parameter(0x0082, '市域 ID', 'city', u16()),
  plate: parameter(0x0083, '机动车号牌', 'plate', restText),
  plateColour: parameter(0x0084, '车牌颜色', 'plate colour', u8()),
} as const;

export type ParameterName = keyof typeof parameters;
type ValueOf<Name extends ParameterName> =
  (typeof parameters)[Name] extends ParameterKind<infer T> ? T : never;

const byId = new Map<number, ParameterKind<unknown>>(
  Object.values(parameters).map((one) => [one.id, one]),
);

/** Passwords of the mobile network: of the first server, the one behind it, and the second one. JT/T 808-2019 table 12. */
const passwords: ReadonlySet<number> = new Set([0x0012, 0x0016, 0x0025]);

/** Whether nobody is to be shown what it says. */
export const isPassword = (id: number): boolean => passwords.has(id);

/** What a parameter means; undefined for one that has no name here. */
export const parameterKind = (id: number): ParameterKind<unknown> | undefined => byId.get(id);

/** A parameter to send. @throws AppError `INPUT_INVALID` where the value does not fit */
export function toParameter<Name extends ParameterName>(
  name: Name,
  value: ValueOf<Name>,
): Parameter {
  const { id, is } = parameters[name] as ParameterKind<ValueOf<Name>>;
  return { id, bytes: writeBody(2019, (to) => is.write(to, value)) };
}

/**
 * What a terminal says of a parameter, in the unit of its name; undefined where it says nothing.
 *
 * @throws AppError `DECODE_TRUNCATED` where it has fewer bytes than it must
 */
export function parameterIn<Name extends ParameterName>(
  all: readonly Parameter[],
  name: Name,
): ValueOf<Name> | undefined {
  const { id, is } = parameters[name] as ParameterKind<ValueOf<Name>>;
  const found = all.find((one) => one.id === id);
  return found && is.read(readBody(found.bytes, 2019));
}

const read = (from: BodyReader): Parameter => ({ id: from.u32(), bytes: from.take(from.u8()) });

const write = (to: BodyWriter, { id, bytes: value }: Parameter): void => {
  if (value.length > 0xff) {
    throw new AppError('INPUT_INVALID', `got ${value.length} bytes of ${hexId(id)}, want 255`);
  }
  to.number(id, 4);
  to.number(value.length, 1);
  to.bytes(value);
};

/** A parameter with id and length, JT/T 808-2013 table 11. */
export const parameterItem: Field<Parameter> = {
  read,
  write,
  explain(from, base) {
    const { id, bytes: value } = read(from);
    const known = parameterKind(id);
    const start = base + from.at() - value.length;
    const name = {
      zh: `${hexId(id)} ${known?.zh ?? '未知参数'}`,
      en: `${hexId(id)} ${known?.en ?? 'unknown parameter'}`,
    };
    const is = known?.is ?? restBytes;
    // Read by itself, so that one of a wrong length takes none behind it with it.
    const content = readBody(value, from.edition);
    const explained = explainNamed({ ...name, is }, content, start);
    const isFault = !known || content.remaining() > 0;
    return { children: [{ ...explained, bytes: value, ...(isFault && { isFault }) }] };
  },
};
