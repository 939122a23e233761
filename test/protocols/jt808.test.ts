import { describe, expect, test } from 'vitest';
import { fromClock, toClock } from '../../protocols/jt808/clock.ts';
import { type Edition, editionOf } from '../../protocols/jt808/edition.ts';
import { explain, formatExplained } from '../../protocols/jt808/explain.ts';
import { encodeFrame, type Header, readFrame } from '../../protocols/jt808/frame.ts';
import { decodeText, encodeText } from '../../protocols/jt808/gbk.ts';
import { itemIn, toItem } from '../../protocols/jt808/items.ts';
import { messageOf } from '../../protocols/jt808/messages/index.ts';
import { register } from '../../protocols/jt808/messages/t-0100-register.ts';
import { locationReport } from '../../protocols/jt808/messages/t-0200-location.ts';
import { toParameter } from '../../protocols/jt808/parameters.ts';
import { fromHex, toHex } from './jt808-data.ts';
import { codeOf, here, noBytes, phone, phone2019, send } from './jt808-terminal.ts';

/** Frames made by hand from the tables of the standard, and what they say. */
const vectors: readonly (readonly [
  name: string,
  frame: string,
  header: Partial<Header>,
  edition: Edition,
  value: Readonly<Record<string, unknown>>,
])[] = [
  [
    'location, 2013',
    '7E0200002C013800138000000100000000000C0003022C495506E9CC18002301C5010E2611212215300104000003E8020201C230011F31010E477E',
    { id: 0x0200, phone, serial: 1 },
    2013,
    { lat: 36.456789, lon: 115.985432, altitudeM: 35, speedKmh: 45.3, headingDeg: 270 },
  ],
  [
    'location, 2019',
    '7E0200402C0100000000013800138000000200000000000C0003022C495506E9CC18002301C5010E2611212215300104000003E8020201C230011F31010E057E',
    { id: 0x0200, phone: phone2019, serial: 2, version: 1 },
    2019,
    { lat: 36.456789, lon: 115.985432, altitudeM: 35, speedKmh: 45.3, headingDeg: 270 },
  ],
  [
    'location with alarms 1 and 20, polygon 7 left',
    '7E0200002B013800138000000400100002000C0003022C495506E9CC18002303B9010E261121221600110503000000071206030000000701267E',
    { id: 0x0200, serial: 4 },
    2013,
    { alarms: (1 << 1) | (1 << 20), speedKmh: 95.3 },
  ],
  [
    'registration, 2013',
    '7E0100002D0138001380000000002505DC4D414B455242442D54310000000000000000000000000000005430303030303101C2B3503132333435207E',
    { id: 0x0100 },
    2013,
    { province: 37, city: 1500, maker: 'MAKER', terminalId: 'T000001', plate: '鲁P12345' },
  ],
  [
    'registered',
    '7E810000090138001380000000000000413142324333527E',
    { id: 0x8100 },
    2013,
    { serial: 0, result: 0, code: 'A1B2C3' },
  ],
  [
    'authentication, 2013',
    '7E010200060138001380000001413142324333DE7E',
    { id: 0x0102, serial: 1 },
    2013,
    { code: 'A1B2C3' },
  ],
  [
    'authentication, 2019',
    '7E0102402A010000000001380013800000010641314232433338363030303030303030303030303156312E302E300000000000000000000000000000ED7E',
    { id: 0x0102, phone: phone2019 },
    2019,
    { code: 'A1B2C3', imei: '860000000000001', software: 'V1.0.0' },
  ],
  ['heartbeat, 2013', '7E000200000138001380000003AB7E', { id: 2, serial: 3 }, 2013, {}],
  ['heartbeat, 2019', '7E0002400001000000000138001380000003EA7E', { id: 2, version: 1 }, 2019, {}],
  [
    'general reply',
    '7E80010005013800138000000000010200002D7E',
    { id: 0x8001, serial: 0 },
    2013,
    { serial: 1, id: 0x0200, result: 0 },
  ],
  [
    'escapes in the body',
    '7E800100050138001380007D027D017D027D010200002C7E',
    { id: 0x8001, serial: 0x7e7d },
    2013,
    { serial: 0x7e7d, id: 0x0200, result: 0 },
  ],
  ['checksum 7E', '7E0002000001380013800000D67D027E', { id: 2, serial: 214 }, 2013, {}],
];

test.each(vectors)('%s', (_, hex, header, edition, value) => {
  const frame = readFrame(fromHex(hex));
  expect(frame.header).toMatchObject(header);
  expect(editionOf(frame)).toBe(edition);
  const message = messageOf(frame.header.id);
  const said = message?.decode(frame.body, edition);
  expect(said).toMatchObject(value);
  const body = message?.encode(said, edition) ?? new Uint8Array(0);
  expect(toHex(encodeFrame(frame.header, body))).toBe(hex.toLowerCase());
});

describe('editions', () => {
  const registration = {
    province: 37,
    city: 1500,
    maker: 'MAKER',
    model: 'BD-T1',
    terminalId: 'T000001',
    plateColour: 1,
    plate: '鲁P12345',
  };
  const frameOf = (edition: Edition, over = {}) =>
    readFrame(send(0x0100, register.encode({ ...registration, ...over }, edition)));

  test('2011 and 2013 are told apart by the length of a registration', () => {
    expect(frameOf(2011).body.length).toBe(33);
    expect(editionOf(frameOf(2011))).toBe(2011);
    expect(editionOf(frameOf(2013))).toBe(2013);
  });
  test('a registration of 2011 with a VIN is as long as one of 2013, and still is known', () => {
    const vin = { plateColour: 0, plate: 'LSVAA49J132047371' };
    expect(frameOf(2011, vin).body.length).toBe(42);
    expect(editionOf(frameOf(2011, vin))).toBe(2011);
    expect(register.decode(frameOf(2011, vin).body, 2011)).toMatchObject(vin);
    expect(editionOf(frameOf(2013, { plate: 'P1234', plateColour: 1 }))).toBe(2013);
    expect(editionOf(frameOf(2013, vin))).toBe(2013);
  });
  test('what is known of a terminal is believed before its frames', () => {
    expect(editionOf(frameOf(2013), 2019)).toBe(2019);
  });
});

test('clocks read and write any time of a century', () => {
  const step = 86_399_000 * 3;
  const wrong: number[] = [];
  for (let time = Date.UTC(2000, 0, 1, 12); time < Date.UTC(2099, 11, 31); time += step) {
    if (fromClock(toClock(time)) !== time) wrong.push(time);
  }
  expect(wrong).toEqual([]);
  expect(fromClock('000229000000', 0)).toBe(Date.UTC(2000, 1, 29));
  expect(fromClock('990229000000')).toBe('wrong');
});

test('text is GBK both ways, and refused where GBK has no such character', () => {
  expect(toHex(encodeText('鲁P12345'))).toBe('c2b3503132333435');
  const text = '京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使领€～';
  expect(decodeText(encodeText(text))).toBe(text);
  expect(codeOf(() => encodeText('𠮷'))).toBe('INPUT_INVALID');
  expect(codeOf(() => encodeText('ไทย'))).toBe('INPUT_INVALID');
});

test('values that do not fit are not written', () => {
  expect(codeOf(() => locationReport.encode({ ...here, headingDeg: 70_000 }, 2013))).toBe(
    'INPUT_INVALID',
  );
  expect(codeOf(() => send(0x0200, new Uint8Array(1024)))).toBe('INPUT_INVALID');
  expect(codeOf(() => send(0x0200, noBytes, { phone: '138' }))).toBe('INPUT_INVALID');
  expect(codeOf(() => toParameter('server', '服'.repeat(200)))).toBeUndefined();
  const long = { parameters: [toParameter('server', '服'.repeat(200))] };
  expect(codeOf(() => messageOf(0x8103)?.encode(long, 2013))).toBe('INPUT_INVALID');
});

test('items have the units of their names', () => {
  const items = [
    toItem('cabinTemperatureC', -12),
    toItem('overspeedPlace', { kind: 3, id: 7 }),
    toItem('crossing', { kind: 3, id: 7, direction: 1 }),
    toItem('analogue', { ad1: 5, ad0: 6 }),
  ];
  expect(items.map(({ bytes }) => toHex(bytes))).toEqual([
    'fff4',
    '0300000007',
    '030000000701',
    '00050006',
  ]);
  expect(itemIn(items, 'cabinTemperatureC')).toBe(-12);
  expect(itemIn(items, 'crossing')).toEqual({ kind: 3, id: 7, direction: 1 });
  expect(itemIn(items, 'fuelL')).toBeUndefined();
});

test('a frame is explained field by field, with places, units and clauses', () => {
  const [, hex = ''] = vectors[2] ?? [];
  const lines = formatExplained(explain(fromHex(hex)));
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "   0  消息 ID / message id: 0x0200 位置信息汇报 / 0x0200 location report  [02 00]  JT/T 808-2019 4.4.3
       2  消息体属性 / body properties: 长度 43，加密：不加密 / 43 bytes, encryption none  [00 2B]  JT/T 808-2019 4.4.3
       4  终端手机号 / phone: 013800138000  [01 38 00 13 80 00]  JT/T 808-2019 4.4.3
      10  消息流水号 / serial: 4  [00 04]  JT/T 808-2019 4.4.3
      12  消息体 / body: 按 JT/T 808-2013 解析 / read as JT/T 808-2013  [00 10 00 02 00 0C 00 03 02 2C 49 55 06 E9 CC 18 00 23 03 B9 01 0E 26 11 …]  JT/T 808-2013 8.18
      12    报警标志 / alarms: 0x00100002  [00 10 00 02]  JT/T 808-2019 表 25 / JT/T 808-2019 table 25
      12      位 1 超速报警 / bit 1 overspeed  [00 10 00 02]
      12      位 20 进出区域 / bit 20 area entered or left  [00 10 00 02]
      16    状态 / status: 0x000C0003  [00 0C 00 03]  JT/T 808-2019 表 24 / JT/T 808-2019 table 24
      16      位 0 ACC 开 / bit 0 ignition on  [00 0C 00 03]
      16      位 1 已定位 / bit 1 positioned  [00 0C 00 03]
      16      位 18 使用 GPS / bit 18 GPS used  [00 0C 00 03]
      16      位 19 使用北斗 / bit 19 BeiDou used  [00 0C 00 03]
      16      载重 / load: 空车 / empty  [00 0C 00 03]
      20    纬度 / latitude: 36.456789 °  [02 2C 49 55]
      24    经度 / longitude: 115.985432 °  [06 E9 CC 18]
      28    高程 / altitude: 35 m  [00 23]
      30    速度 / speed: 95.3 km/h  [03 B9]
      32    方向 / heading: 270 °  [01 0E]
      34    时间 (终端时钟) / time of the terminal's clock: 2026-11-21 22:16:00  [26 11 21 22 16 00]
      40    0x11 超速报警位置 / 0x11 place of overspeed  [11 05 03 00 00 00 07]
      42      位置类型 / kind: 3 多边形区域 / 3 polygon  [03]
      43      区域或路段 ID / area or segment id: 7  [00 00 00 07]
      47    0x12 进出区域或路线 / 0x12 area or route entered or left  [12 06 03 00 00 00 07 01]
      49      位置类型 / kind: 3 多边形区域 / 3 polygon  [03]
      50      区域或路段 ID / area or segment id: 7  [00 00 00 07]
      54      方向 / direction: 1 出 / 1 out  [01]"
  `);
});

test('in one language the tables of the standard are named in it', () => {
  const [, hex = ''] = vectors[2] ?? [];
  const explained = explain(fromHex(hex));
  const [english, chinese] = (['en', 'zh'] as const).map((lang) =>
    formatExplained(explained, lang).join('\n'),
  );
  expect(english).toMatch(/alarms: 0x00100002 {2}\[00 10 00 02\] {2}JT\/T 808-2019 table 25$/m);
  expect(english).not.toMatch(/[\u4e00-\u9fff]/);
  expect(chinese).toContain('JT/T 808-2019 表 24');
});

test('a body of 2011 that differs is not said to stand in a clause of 2013', () => {
  const body = Uint8Array.from([1, 0x41, ...new Uint8Array(60), 1, 0x42]);
  const clauseOf = (edition: 2011 | 2013) => explain(send(0x0702, body), edition).at(-1)?.clause;
  expect(clauseOf(2011)).toEqual(
    expect.objectContaining({ en: expect.stringMatching('unverified') }),
  );
  expect(clauseOf(2013)).toBe('JT/T 808-2013 8.48');
});

test('what is no frame is explained as such, and a cut body as far as it goes', () => {
  expect(formatExplained(explain(Uint8Array.of(1, 2)))).toHaveLength(1);
  const cut = send(0x0200, locationReport.encode(here, 2013).subarray(0, 10));
  const lines = formatExplained(explain(cut));
  expect(lines.join('\n')).toContain('状态 / status: 0x00000003');
  expect(lines.join('\n')).toContain('not understood');
});
