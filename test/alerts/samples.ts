import { DatabaseSync } from 'node:sqlite';
import { openAlertBook } from '../../alerts/book.ts';
import { idOf } from '../../alerts/database.ts';
import * as lifecycle from '../../alerts/lifecycle.ts';
import type { Alert, Judged, Text } from '../../model/alert.ts';
import type { Context } from '../../model/context.ts';
import type { ChannelSettings, Routing } from '../../model/entities.ts';
import { hourMs } from '../../model/time.ts';

/** 2026-11-23 08:00 in Shanghai. */
export const morning = Date.UTC(2026, 10, 23);

const text: Text = { zh: '偏离路线 320 米', en: 'Off route by 320 m' };

/** A finding of an off-route episode that opened in the morning, with what a test wants otherwise. */
export const finding = (over: Partial<Judged> = {}): Judged => {
  const openedAt = over.openedAt ?? over.at ?? morning;
  return {
    change: 'open',
    subject: { type: 'vehicle', id: 'v1' },
    at: openedAt,
    openedAt,
    severity: 'warning',
    summary: text,
    evidence: {
      from: openedAt - hourMs,
      to: openedAt,
      flagged: [openedAt - 30_000, openedAt],
      observed: { distanceM: 320 },
      expected: { widthM: 150 },
      method: { zh: '到路线的最短距离', en: 'Shortest distance to the route' },
      context: { dispatch: 'd1', route: 'r1' },
      quality: { poorFixes: 0 },
    },
    rule: { id: 'off-route-default', version: 1, params: { enterS: 60 } },
    kind: 'vehicle.off-route',
    institution: 'lc-hq',
    ...over,
  };
};

/** `finding` with another distance in its evidence. */
export const distance = (distanceM: number, over: Partial<Judged> = {}): Judged => {
  const judged = finding(over);
  return { ...judged, evidence: { ...judged.evidence, observed: { distanceM } } };
};

export const sampleAlert = (over: Partial<Judged> = {}): Alert => {
  const judged = finding(over);
  return lifecycle.open(idOf(judged), judged, judged.at + 1000).filed.alert;
};

export interface Desk extends ReturnType<typeof openAlertBook> {
  readonly database: DatabaseSync;
  readonly context: Context;
  readonly clock: { at: number };
  readonly log: string[];
}

/** A book in memory (or in `path`) with a clock that stands until it is moved. */
export function openDesk(at = morning, path = ':memory:'): Desk {
  const database = new DatabaseSync(path);
  const clock = { at };
  const log: string[] = [];
  const context: Context = {
    log: (level, message) => log.push(`${level} ${message}`),
    count: () => {},
    now: () => clock.at,
  };
  return { ...openAlertBook(database, context), database, context, clock, log };
}

const below: Readonly<Record<string, readonly string[]>> = { city: ['city', 'lc-hq', 'school'] };

/** As much of a registry snapshot as routing needs: `city` with `lc-hq` and `school` below it. */
export const directoryOf = (routing: readonly Routing[], channels: readonly ChannelSettings[]) => ({
  within: (institution: string | null) =>
    new Set(
      institution === null ? Object.values(below).flat() : (below[institution] ?? [institution]),
    ),
  all: ((kind: string) =>
    kind === 'routing'
      ? routing
      : channels) as import('../../registry/registry.ts').Directory['all'],
});
