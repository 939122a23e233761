import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Who } from '../../api/http.ts';
import { type LiveClient, type LivePart, startLive } from '../../api/live.ts';
import { createRing } from '../../api/ring.ts';
import type { LiveEvent } from '../../ingest/ingest.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** A response that writes down what it is told. */
function createResponse() {
  const state = { text: '', ended: false, destroyed: false, writableNeedDrain: false };
  const response = Object.assign(state, {
    write: (text: string) => {
      state.text += text;
      return true;
    },
    end: () => {
      state.ended = true;
    },
    destroy: () => {
      state.destroyed = true;
    },
    on: () => response,
  });
  return response;
}

const person = (institution: string | null): Who => ({
  user: 'u',
  name: 'u',
  role: 'viewer',
  institution,
  scope: institution === null ? undefined : new Set([institution]),
  session: 's',
});

/** An event is `institution/device`, and makes one part. */
function openHub(keep = 100) {
  const counted: string[] = [];
  let push: (event: LiveEvent) => void = () => {};
  const hub = startLive(
    {
      toParts: (event) => {
        const [institution = '', device = ''] = String(event).split('/');
        const text = `event: reading\ndata: {"meter":"${device}"}\n`;
        return [{ type: 'reading', device, institution, text }];
      },
      subscribe: (listener) => {
        push = listener;
        return () => {};
      },
      keep,
      most: 5,
      perUser: 3,
    },
    { now: () => Date.now(), count: (name) => counted.push(name) },
  );
  const attach = (over: Partial<LiveClient> = {}, response = createResponse()) => {
    const who = over.who ?? person(null);
    hub.attach(response as unknown as ServerResponse, {
      who,
      lastEventId: undefined,
      wants: () => true,
      renew: () => who,
      ...over,
    });
    return response;
  };
  return {
    hub,
    attach,
    counted,
    say: (...events: string[]) => {
      for (const event of events) push(event as unknown as LiveEvent);
    },
  };
}

const devices = ({ text }: { text: string }) =>
  [...text.matchAll(/"meter":"([^"]+)"/g)].map(([, device]) => device);
const lastId = ({ text }: { text: string }) => [...text.matchAll(/^id: (.+)$/gm)].at(-1)?.[1];
const soon = () => vi.advanceTimersByTime(100);

test('everybody sees what lies in his scope and is asked for, from now on', () => {
  const { attach, say } = openHub();
  say('west/before');
  const all = attach();
  const west = attach({ who: person('west') });
  const some = attach({ wants: ({ device }: LivePart) => device === 'b' });
  say('west/a', 'east/b');
  soon();
  expect(devices(all)).toEqual(['a', 'b']);
  expect(devices(west)).toEqual(['a']);
  expect(devices(some)).toEqual(['b']);
  soon();
  expect(devices(all)).toEqual(['a', 'b']);
});

test('who comes back gets what he missed, and nothing twice', () => {
  const { attach, say } = openHub();
  const first = attach();
  say('x/1', 'x/2');
  soon();
  say('x/3', 'x/4');
  const second = attach({ lastEventId: lastId(first) });
  say('x/5');
  soon();
  expect(devices(second)).toEqual(['3', '4', '5']);
  expect(second.text).not.toContain('reset');
});

test('who saw nothing of his own can come back all the same', () => {
  const { attach, say } = openHub(3);
  const first = attach({ who: person('west') });
  say('east/1', 'east/2', 'east/3', 'east/4', 'east/5');
  vi.advanceTimersByTime(15_000);
  const second = attach({ who: person('west'), lastEventId: lastId(first) });
  say('west/6');
  soon();
  expect(second.text).not.toContain('reset');
  expect(devices(second)).toEqual(['6']);
});

test('who was away too long, or comes from another start, is told so', () => {
  const { attach, say, counted } = openHub(3);
  const first = attach();
  soon();
  say('x/1', 'x/2', 'x/3', 'x/4');
  const ids = [lastId(first), 'deadbeef-2', 'nonsense', `${lastId(first)}9`];
  const late = ids.map((lastEventId) => attach({ lastEventId }));
  say('x/5');
  soon();
  for (const each of late) {
    expect(each.text).toContain('event: reset\ndata: {}\n');
    expect(devices(each)).toEqual([]);
  }
  // The first one stayed connected, but four of five events are gone for it too.
  expect(first.text).toContain('event: reset');
  expect(counted).toContain('live_reset');
  say('x/6');
  soon();
  for (const each of late) expect(devices(each)).toEqual(['6']);
});

test('a slow one is waited for, then dropped; the others notice nothing', () => {
  const { attach, say, counted } = openHub();
  const [slow, quick] = [attach(), attach()];
  soon();
  slow.writableNeedDrain = true;
  say('x/1');
  vi.advanceTimersByTime(29_000);
  expect([devices(slow), devices(quick)]).toEqual([[], ['1']]);
  expect(slow.destroyed).toBe(false);
  vi.advanceTimersByTime(2_000);
  expect(slow.destroyed).toBe(true);
  expect(quick.destroyed).toBe(false);
  expect(counted).toContain('live_dropped');
});

test('one that recovers goes on where it was', () => {
  const { attach, say } = openHub();
  const one = attach();
  soon();
  one.writableNeedDrain = true;
  say('x/1', 'x/2');
  vi.advanceTimersByTime(5_000);
  one.writableNeedDrain = false;
  soon();
  expect(devices(one)).toEqual(['1', '2']);
});

test('a beat keeps the line open; a session that has ended ends it', () => {
  const { attach } = openHub();
  let who: Who | undefined = person('west');
  const one = attach({ renew: () => who });
  vi.advanceTimersByTime(15_100);
  expect(one.text).toContain(': beat');
  who = undefined;
  vi.advanceTimersByTime(15_100);
  expect(one.ended).toBe(true);
});

test('a changed scope holds from the next beat on, however busy the stream', () => {
  const { attach, say } = openHub();
  const one = attach({ who: person('west'), renew: () => person('east') });
  for (let second = 0; second < 20; second++) {
    say('west/w', 'east/e');
    vi.advanceTimersByTime(1_000);
  }
  const got = devices(one);
  expect(got.slice(0, 14)).toEqual(Array(14).fill('w'));
  expect(got.slice(-4)).toEqual(Array(4).fill('e'));
  expect(got).toHaveLength(20);
});

test('one that is gone before it began is none', () => {
  const { attach, say } = openHub();
  const gone = createResponse();
  gone.destroyed = true;
  const one = attach({}, gone);
  say('x/1');
  soon();
  expect(one.text).toBe('');
});

test('a large backlog goes out in pieces', () => {
  const { attach, say } = openHub(20_000);
  const first = attach();
  soon();
  for (let n = 1; n <= 10_000; n++) say(`x/${n}`);
  soon();
  const once = devices(first).length;
  expect(once).toBeLessThan(10_000);
  expect(first.text.length).toBeLessThan(300_000);
  vi.advanceTimersByTime(1_000);
  expect(devices(first)).toHaveLength(10_000);
});

test('one user has room for some streams, all together for some more; room that was left is free again', () => {
  const { hub, attach } = openHub();
  const as = (user: string) => attach({ who: { ...person(null), user } });
  const first = as('a');
  as('a');
  expect(hub.hasRoom('a')).toBe(true);
  as('a');
  expect([hub.hasRoom('a'), hub.hasRoom('b')]).toEqual([false, true]);
  as('b');
  as('c');
  expect([hub.hasRoom('a'), hub.hasRoom('b'), hub.hasRoom('d')]).toEqual([false, false, false]);
  first.destroyed = true;
  soon();
  expect([hub.hasRoom('a'), hub.hasRoom('d')]).toEqual([true, true]);
});

test('stopping ends every stream', () => {
  const { hub, attach } = openHub();
  const one = attach();
  hub.stop();
  expect(one.ended).toBe(true);
});

test('the ring keeps the last ones, and works each out once', () => {
  let worked = 0;
  const ring = createRing<number, number>(3, (event) => {
    worked++;
    return [event * 10];
  });
  expect([ring.first(), ring.last()]).toEqual([1, 0]);
  for (let n = 1; n <= 5; n++) ring.push(n);
  expect([ring.first(), ring.last()]).toEqual([3, 5]);
  expect([3, 4, 5, 4].flatMap((n) => ring.parts(n))).toEqual([30, 40, 50, 40]);
  expect(worked).toBe(3);
});
