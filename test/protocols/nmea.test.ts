import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAppError } from '../../model/errors.ts';
import { dayMs, hourMs } from '../../model/time.ts';
import { nmea } from '../../protocols/nmea/index.ts';
import { aboutMeter, aboutVehicle } from './about.ts';
import {
  at,
  decodeText,
  fixesOf,
  gga,
  lines,
  received,
  rmc,
  sentence,
  whole,
} from './nmea-lines.ts';

describe('one message', () => {
  test('what is said of one instant is one fix', () => {
    expect(fixesOf(whole('080000.00'))).toMatchObject([
      {
        type: 'fix',
        device: 'v1',
        at: at(8, 0, 0),
        timeSource: 'device',
        lat: 36.45,
        lon: 115.98,
        fixed: true,
        speedKmh: 22 * 1.852,
        headingDeg: 90,
        satellites: 11,
        altitudeM: 32.5,
      },
    ]);
  });

  test('the order of the sentences changes nothing', () => {
    const parts = whole('080000.00').split('\r\n').slice(0, 3);
    const [first] = fixesOf(whole('080000.00'));
    for (const order of [
      [0, 1, 2],
      [2, 1, 0],
      [2, 0, 1],
      [0, 2, 1],
    ]) {
      const text = order.map((index) => `${parts[index]}\r\n`).join('');
      expect(fixesOf(text)).toEqual([first]);
    }
  });

  test('several instants are several fixes, with noise, makers’ own sentences and AIS between', () => {
    const text = `AT+OK\r\n\0\0${whole('075958.00')}!AIVDM,1,1,,A,x,0*00\r\n${lines('PUBX,00')}garbage${whole('075959.00')}`;
    expect(fixesOf(text).map((fix) => fix.at)).toEqual([at(7, 59, 58), at(7, 59, 59)]);
    expect(decodeText(text).refused).toEqual([]);
  });

  test('lines may end in LF alone, or not at all before the next', () => {
    const [first, second] = [sentence(rmc('080000.00')), sentence(rmc('080001.00'))];
    expect(fixesOf(`${first}\n${second}`)).toHaveLength(2);
    expect(fixesOf(`${first}${second}`)).toHaveLength(2);
  });

  test('a wrong checksum and a missing one are refused, the others of the message stand', () => {
    const wrong = sentence(rmc('080000.00')).replace('22.000', '23.000');
    const { observations, refused } = decodeText(
      `${wrong}\r\n$${rmc('080001.00')}\r\n${whole('080002.00')}`,
    );
    expect(observations).toMatchObject([{ at: at(8, 0, 2) }]);
    expect(refused).toMatchObject([
      { part: 0, reason: 'malformed', detail: expect.stringContaining('checksum') },
      { part: 1, reason: 'malformed', detail: expect.stringContaining('without a checksum') },
    ]);
  });

  test('status V, quality 0, mode N, by hand or simulated: not fixed, whatever another sentence says', () => {
    const place = '3627.00000,N,11558.80000,E';
    for (const body of [
      `GNRMC,080000.00,V,${place},22.000,090.0,221126,,,N`,
      `GNRMC,080000.00,A,${place},22.000,090.0,221126,,,S`,
      `GNGGA,080000.00,${place},0,03,9.9,32.5,M,-6.1,M,,`,
      `GNGGA,080000.00,${place},7,08,0.9,32.5,M,-6.1,M,,`,
      `GNGNS,080000.00,${place},NN,03,9.9,32.5,-6.1,,`,
      `GNGLL,${place},080000.00,V,N`,
    ])
      expect(
        fixesOf(
          lines(`GBGLL,${place},080000.00,A,A`.replace('GB', 'GN'), body).replace(
            /^\$GNGLL.*\r\n(?=\$GNGLL)/,
            '',
          ),
        ),
      ).toMatchObject([{ fixed: false, lat: 36.45 }]);
  });

  test('without a position there is none: 0, 0 and not fixed; without a clock the receipt is the time', () => {
    expect(fixesOf(lines('GNRMC,080000.00,V,,,,,,,221126,,,N'))).toMatchObject([
      { at: at(8, 0, 0), lat: 0, lon: 0, fixed: false, timeSource: 'device' },
    ]);
    expect(fixesOf(lines('GNRMC,,V,,,,,,,,,,N', 'GNGGA,,,,,,0,00,99.99,,,,,,'))).toMatchObject([
      { at: received, fixed: false, timeSource: 'receipt', satellites: 0 },
    ]);
    expect(fixesOf(lines('GNRMC,000012.00,V,,,,,,,060180,,,N'))).toMatchObject([
      { at: received, timeSource: 'receipt' },
    ]);
  });

  test('south and west are negative, 90 and 180 are the last degrees there are', () => {
    expect(fixesOf(lines('GPGLL,4530.00,S,07015.00,W,080000,A'))).toMatchObject([
      { lat: -45.5, lon: -70.25 },
    ]);
    for (const wrong of [
      '9000.01,N,07015.00,E',
      '4560.00,N,07015.00,E',
      '4530.00,N,18000.01,E',
      '453.0,N,07015.00,E',
      '4530.00,E,07015.00,E',
      '4530.00,N,,',
    ])
      expect(decodeText(lines(`GPGLL,${wrong},080000,A`)).refused, wrong).toHaveLength(1);
  });

  test('of two receivers in one housing what they found together counts', () => {
    const [fix] = fixesOf(
      lines(
        gga('080000.00', '05').replace('GNGGA', 'GPGGA'),
        gga('080000.00', '17'),
        gga('080000.00', '09').replace('GNGGA', 'GBGGA'),
      ),
    );
    expect(fix?.satellites).toBe(17);
  });

  test('VTG gives speed and course where RMC does not', () => {
    const text = lines(
      'GNGGA,080000.00,3627.00,N,11558.80,E,1,9,1,32,M,,M,,',
      'GNVTG,359.5,T,,M,10.0,N,18.52,K,A',
    );
    expect(fixesOf(text)).toMatchObject([{ speedKmh: 18.52, headingDeg: 359.5 }]);
  });

  test('what holds no sentence, or is not of a vehicle, is refused whole', () => {
    for (const text of ['', 'hello', '{"lat":1}'])
      expect(() => decodeText(text)).toThrow(/no sentence/);
    expect(() => nmea.decode(Buffer.from(whole('080000')), aboutMeter(), received)).toThrow(
      /vehicle/,
    );
    expect(decodeText('$GPRMC').refused).toHaveLength(1);
  });
});

describe('time', () => {
  test('without a date the last such time of day before the receipt, around midnight yesterday’s or today’s', () => {
    const midnight = Date.UTC(2026, 10, 22);
    expect(fixesOf(lines(gga('235959.00')), midnight + 2000)[0]?.at).toBe(midnight - 1000);
    expect(fixesOf(lines(gga('000001.00')), midnight - 1000)[0]?.at).toBe(midnight + 1000);
    expect(fixesOf(lines(gga('010000.00')), midnight + 20 * hourMs)[0]?.at).toBe(midnight + hourMs);
  });

  test('a date that was said counts for the instants around it, however late they come', () => {
    const text = lines('GNZDA,235958.00,01,03,2026,00,00', gga('235958.00'), gga('000002.00'));
    expect(fixesOf(text).map((fix) => fix.at)).toEqual([
      Date.UTC(2026, 2, 1, 23, 59, 58),
      Date.UTC(2026, 2, 2, 0, 0, 2),
    ]);
    const before = lines(gga('235959.00'), rmc('000001.00', 'A,3627.0,N,11558.8,E,0,,020326,,,A'));
    expect(fixesOf(before)[0]?.at).toBe(Date.UTC(2026, 2, 1, 23, 59, 59));
  });

  test('a date 1024 weeks behind is a week number that turned over; any other old date is believed', () => {
    const said = (date: string) =>
      fixesOf(lines(rmc('080000.00', `A,3627.0,N,11558.8,E,0,,${date},,,A`)))[0]?.at;
    expect(said('080407')).toBe(at(8, 0, 0));
    expect(said('090407')).toBe(at(8, 0, 0) + dayMs);
    expect(said('020315')).toBe(Date.UTC(2015, 2, 2, 8));
    expect(said('161034')).toBe(Date.UTC(2034, 9, 16, 8));
    expect(said('130694')).toBe(Date.UTC(1994, 5, 13, 8));
  });

  test('days that are none are refused, a leap second is not', () => {
    for (const date of ['300226', '000126', '011326', '1126'])
      expect(
        decodeText(lines(rmc('080000', `A,3627.0,N,11558.8,E,0,,${date},,,A`))).refused,
      ).toHaveLength(1);
    expect(fixesOf(lines(gga('075960.00')))[0]?.at).toBe(at(8, 0, 0));
    for (const time of ['240000', '086000', '0800', '080061'])
      expect(decodeText(lines(gga(time))).refused).toHaveLength(1);
  });
});

test('any bytes: nothing but AppError, nothing but whole numbers', () => {
  const noise = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.constantFrom(
      '$',
      '*',
      '\r\n',
      ',',
      whole('080000.00'),
      lines(gga('080001.00')),
      '$GNRMC,',
      '*00',
    ),
  );
  fc.assert(
    fc.property(fc.array(noise, { maxLength: 12 }), (parts) => {
      const bytes = Buffer.from(parts.join(''));
      try {
        const { observations } = nmea.decode(bytes, aboutVehicle(), received);
        for (const one of observations) {
          if (one.type !== 'fix') throw new Error('want fixes');
          expect(
            Math.abs(one.lat) <= 90 && Math.abs(one.lon) <= 180 && Number.isInteger(one.at),
          ).toBe(true);
        }
      } catch (error) {
        if (!isAppError(error)) throw error;
      }
    }),
  );
});

test('any change of one character in a sentence is noticed', () => {
  const line = sentence(rmc('080000.00'));
  const star = line.indexOf('*');
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: star - 1 }),
      fc.integer({ min: 33, max: 126 }),
      (place, code) => {
        const other = String.fromCharCode(code);
        fc.pre(other !== line[place]);
        const text = `${line.slice(0, place)}${other}${line.slice(place + 1)}\r\n`;
        const { observations } = decodeText(`${text}${lines(gga('080009.00'))}`);
        expect(observations).toMatchObject([{ at: at(8, 0, 9) }]);
      },
    ),
  );
});
