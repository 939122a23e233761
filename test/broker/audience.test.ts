import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createAudience } from '../../broker/audience.ts';
import { covers } from '../../broker/topics.ts';

const topics = ['v1/meters/m1/readings', 'v1/vehicles/v1/nmea', 'v1/devices/m1/state', 'a/b'];
const filters = ['#', '+/meters/#', 'v1/meters/m1/#', 'v1/devices/m1/+', 'v1/#', 'a/b', '$SYS/#'];

const step = fc.record({
  joins: fc.boolean(),
  member: fc.nat(5),
  filter: fc.constantFrom(...filters),
});

test('who could hear a topic is never overlooked, whoever joins and leaves, however often', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const audience = createAudience();
      const members = new Map<number, string>();
      for (const { joins, member, filter } of steps) {
        if (joins) audience.joined(member, filter);
        else audience.left(member);
        if (!joins) members.delete(member);
        else if (!members.has(member) && filter !== '$SYS/#') members.set(member, filter);
        const heard = topics.filter((topic) =>
          [...members.values()].some((each) => covers(each, topic)),
        );
        expect(heard.filter((topic) => !audience.mayHear(topic))).toEqual([]);
      }
      for (const member of members.keys()) audience.left(member);
      expect(topics.filter((topic) => audience.mayHear(topic))).toEqual([]);
    }),
  );
});

test('who listens to one device lets the others alone', () => {
  const audience = createAudience();
  audience.joined('x', 'v1/meters/m1/readings');
  expect(audience.mayHear('v1/meters/m2/readings')).toBe(false);
  expect(audience.mayHear('v1/meters/m1/readings')).toBe(true);
});
