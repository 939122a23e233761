/** Types of values in Modbus registers, by their short names. */
export const registerTypes = [
  'u16',
  'i16',
  'u32',
  'i32',
  'u64',
  'i64',
  'f32',
  'f64',
  'bcd16',
  'bcd32',
] as const;

export type RegisterType = (typeof registerTypes)[number];

const longNames = new Map<unknown, RegisterType>([
  ['uint16', 'u16'],
  ['int16', 'i16'],
  ['uint32', 'u32'],
  ['int32', 'i32'],
  ['uint64', 'u64'],
  ['int64', 'i64'],
  ['float32', 'f32'],
  ['float64', 'f64'],
]);

/** The short name of a type that an integrator may as well write long: `float32` is `f32`. Anything else stays as it is. */
export const shortTypeName = (name: unknown): unknown => longNames.get(name) ?? name;
