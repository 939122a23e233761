import type { Finding, Judged } from '../model/alert.ts';
import type { Directory } from '../registry/registry.ts';
import { createAreas } from './areas.ts';
import { courseActive } from './course.ts';
import type { Active, Resolve } from './instances.ts';
import { createKeeps } from './keeps.ts';
import { motionActive } from './motion.ts';
import { outdoorActive } from './outdoor.ts';
import { createPrices } from './prices.ts';
import type { RuleSubject, Surroundings } from './rule.ts';

/** What is kept of one rule and subject; plain JSON. */
export interface KeptSlot {
  /** Of the rule that it is the state of, as `Active` has it. */
  readonly key: string;
  readonly state: unknown;
  /** The episode that is open, with the last finding that carried its evidence. */
  readonly episode?: Judged;
}

/** What is kept of one subject, by rule kind. */
export type KeptSlots = Readonly<Record<string, KeptSlot>>;

/** A rule at work for a subject. */
export interface Slot {
  readonly active: Active;
  state: unknown;
  episode: Judged | null;
}

export interface SubjectState {
  readonly id: string;
  /** Journal position up to which its events are in the states on disk. */
  keptUpTo: number;
  /** Greatest `at` judged; null before the first event. */
  newestAt: number | null;
  /** Start of the UTC day of the newest snapshot; null before the first. */
  snapshotAt: number | null;
  slots: readonly Slot[];
  /** Those of them that go by the time of events, and those that go by time of receipt. */
  inTime: readonly Slot[];
  byReceipt: readonly Slot[];
  /** Directory the slots were resolved by; null until then. */
  resolvedBy: Directory | null;
  /** Slots that are not at work: as read from disk until they are resolved, and those of a device that is not in the registry. */
  kept: KeptSlots;
  /** States of a while ago, ascending, for what comes a little late. Not kept on disk. */
  recent: readonly Recent[];
}

/** States as they were at an instant. */
export interface Snapshot {
  /** All judged events before this instant are in it, and no other. */
  readonly before: number;
  readonly slots: KeptSlots;
}

/** The same in memory, where there are many: what does not differ from one to the next is shared. */
export interface Recent {
  readonly before: number;
  readonly slots: readonly Slot[];
  /** By slot, as the episodes; null where none was open. */
  readonly states: readonly unknown[];
  readonly episodes: readonly (Judged | null)[] | null;
}

export const newSubject = (id: string): SubjectState => ({
  id,
  keptUpTo: 0,
  newestAt: null,
  snapshotAt: null,
  slots: [],
  inTime: [],
  byReceipt: [],
  resolvedBy: null,
  kept: {},
  recent: [],
});

/** @returns what brings the subject back to where it is now */
export function remember(subject: SubjectState): () => void {
  const before = { ...subject };
  const states = subject.slots.map(({ state }) => state);
  const episodes = subject.slots.map(({ episode }) => episode);
  return () => {
    Object.assign(subject, before);
    for (const [index, slot] of before.slots.entries()) {
      slot.state = states[index];
      slot.episode = episodes[index] ?? null;
    }
  };
}

/** Silence goes by time of receipt: such kinds see events as they come and are never replayed. */
const isByReceipt = ({ active }: Slot): boolean => active.kind.tick !== undefined;

/** Without those that are as at the beginning: they are nothing to keep. */
export const toKept = (slots: readonly Slot[]): KeptSlots =>
  Object.fromEntries(
    slots
      .filter(({ active, state, episode }) => episode !== null || state !== active.kind.initial())
      .map(({ active, state, episode }) => [
        active.kind.kind,
        { key: active.key, state, ...(episode && { episode }) },
      ]),
  );

/** What those that go by the time of events are at, right before an instant. */
export const toRecent = ({ inTime: slots }: SubjectState, before: number): Recent => ({
  before,
  slots,
  states: slots.map(({ state }) => state),
  episodes: slots.some(({ episode }) => episode) ? slots.map(({ episode }) => episode) : null,
});

export const toSnapshot = ({ before, slots, states, episodes }: Recent): Snapshot => ({
  before,
  slots: toKept(
    slots.map(({ active }, n) => ({ active, state: states[n], episode: episodes?.[n] ?? null })),
  ),
});

/** A slot that goes on where `kept` stopped, or anew where there is nothing or its rule, version or parameters were others. */
export function toSlot(active: Active, kept: KeptSlot | undefined): Slot {
  return kept?.key === active.key
    ? { active, state: kept.state, episode: kept.episode ?? null }
    : { active, state: active.kind.initial(), episode: null };
}

/**
 * Brings the subject's rules up to the directory.
 * @returns the ends of episodes whose rule does not run here any more
 */
export function settle(
  subject: SubjectState,
  directory: Directory,
  resolve: Resolve,
): readonly Judged[] {
  if (subject.resolvedBy === directory) return [];
  const device = directory.device(subject.id);
  const before = { ...subject.kept, ...toKept(subject.slots) };
  const rules = device ? resolve(device) : [];
  const groundwork = [motionActive, courseActive, outdoorActive];
  const actives = device
    ? [...groundwork.filter(({ kind }) => kind.appliesTo(device)), ...rules]
    : [];
  subject.slots = actives.map((active) => toSlot(active, before[active.kind.kind]));
  subject.inTime = subject.slots.filter((slot) => !isByReceipt(slot));
  subject.byReceipt = subject.slots.filter(isByReceipt);
  subject.kept = device ? {} : withoutEpisodes(before);
  subject.resolvedBy = directory;
  const goesOn = new Set(actives.map(({ key }) => key));
  return Object.values(before).flatMap(({ key, episode }) => {
    if (!episode || goesOn.has(key)) return [];
    const at = Math.max(episode.at, subject.newestAt ?? episode.at);
    return [{ ...episode, change: 'clear' as const, at }];
  });
}

const withoutEpisodes = (slots: KeptSlots): KeptSlots =>
  Object.fromEntries(Object.entries(slots).map(([kind, { key, state }]) => [kind, { key, state }]));

/** Takes a rule's findings into the slot's episode. What does not fit the episode is left out: one is open at a time. */
export function take(
  slot: Slot,
  findings: readonly Finding[],
  institution: string,
): readonly Judged[] {
  const judged: Judged[] = [];
  const { rule, kind, severity } = slot.active;
  for (const finding of findings) {
    const { episode } = slot;
    if (finding.change !== 'open' && !episode) continue;
    const made: Judged = {
      ...finding,
      change: finding.change === 'open' && episode ? 'amend' : finding.change,
      severity: severity ?? finding.severity,
      rule,
      kind: kind.kind,
      institution,
      openedAt: episode?.openedAt ?? finding.at,
    };
    slot.episode = made.change === 'clear' ? null : made;
    judged.push(made);
  }
  return judged;
}

/** What rules may ask of the directory. */
export const toSurroundings = (directory: Directory, listeningSince: number): Surroundings => ({
  day: (date) => directory.day(date),
  dispatches: (vehicle, at) => directory.dispatches(vehicle, at),
  dispatchesOf: (vehicle) => directory.dispatchesOf(vehicle),
  keeps: createKeeps(directory),
  route: (id) => directory.route(id),
  place: (id) => directory.place(id),
  replacements: (meter) => directory.replacementsOf(meter),
  price: createPrices(directory),
  floorAreaM2: createAreas(directory),
  listeningSince,
});

export const institutionOf = ({ institution }: RuleSubject): string => institution.id;
