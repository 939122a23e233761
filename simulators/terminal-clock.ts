import type { Manner } from './simulator.ts';
import { evidenceDue } from './terminal-evidence.ts';
import { isBlind } from './terminal-faults.ts';
import {
  currentReport,
  dial,
  hangUp,
  mannerOf,
  register,
  say,
  type Talk,
  write,
} from './terminal-link.ts';
import type { Said } from './terminal-speech.ts';

/** What a terminal does as time goes by. */

const heartbeatMs = 60_000;
const heartbeat: Said = { id: 0x0002, body: new Uint8Array(0) };
const floodFrames = 2_500;

/** Several times a second. */
export function tick(talk: Talk, now: number): void {
  const { phase, unit } = talk;
  if (phase === 'off' || phase === 'closed') return;
  // One that has never been let in is waited for.
  const isDark = talk.code !== undefined && isBlind(unit.faults(), now);
  if (isDark && phase !== 'down') hangUp(talk, 'down');
  else if (phase === 'up') tickUp(talk, now);
  else if (now >= talk.dueAt && !isDark) {
    if (phase === 'down') dial(talk);
    else hangUp(talk, 'down');
  }
}

function tickUp(talk: Talk, now: number): void {
  const again = talk.outbox.due(now);
  if (!again) {
    hangUp(talk, 'down');
    return;
  }
  for (const { frames } of again) write(talk, frames, false);
  const { tracking } = talk.told;
  if (tracking && now >= tracking.nextAt) {
    tracking.nextAt = now + tracking.everyMs;
    if (now >= tracking.until) talk.told.tracking = undefined;
    else say(talk, currentReport(talk));
  }
  write(
    talk,
    evidenceDue(talk, () => currentReport(talk), now),
  );
  startManner(talk);
  if (talk.phase === 'up' && now - talk.spokenAt >= heartbeatMs)
    write(talk, talk.outbox.send(heartbeat, now).frames);
}

const deeds: Readonly<Partial<Record<Manner, (talk: Talk) => void>>> = {
  'register-twice': register,
  'wrong-code': (talk) => hangUp(talk, 'down'),
  flood(talk) {
    const frames = Array.from({ length: floodFrames }, () => talk.outbox.frames(heartbeat)).flat();
    talk.socket?.write(Buffer.concat(frames));
  },
};

/** What is done once, when a spell of bad manners begins. */
function startManner(talk: Talk): void {
  const { manner: how, from } = mannerOf(talk) ?? {};
  if (how === undefined || talk.mannerSince === from) return;
  talk.mannerSince = from;
  deeds[how]?.(talk);
}
