import { type Device, nextAfter } from './device.ts';
import type { DeviceLink } from './mqtt.ts';

/** Devices in real time. */
export interface Live {
  /** From the instant after `since` on. */
  add(device: Device, link: DeviceLink, since: number): void;
  /** Up to when everything that was said is acknowledged, Unix ms UTC; undefined before there is a device. */
  safeUntil(): number | undefined;
  stop(): void;
}

interface Talking {
  readonly device: Device;
  readonly link: DeviceLink;
  dueAt: number;
  saidAt: number;
  safeAt: number;
  isOff: boolean;
}

const tickMs = 200;
/** After a longer sleep of the machine the devices were off too. */
const longestCatchUpMs = 120_000;

/**
 * @param isOff whether a device is without power
 * @param onTick called several times a second
 */
export function startLive(
  isOff: (id: string, at: number) => boolean,
  now: () => number,
  onTick: (at: number) => void,
): Live {
  const all: Talking[] = [];
  const timer = setInterval(() => {
    const at = now();
    onTick(at);
    for (const talking of all) {
      switchPower(talking, isOff(talking.device.id, at));
      speak(talking, at);
    }
  }, tickMs);
  return {
    add(device, link, since) {
      const dueAt = nextAfter(since, device.stepMs, device.phaseMs);
      all.push({ device, link, dueAt, saidAt: since, safeAt: since, isOff: false });
    },
    safeUntil: () =>
      all.length === 0 ? undefined : Math.min(...all.map((talking) => safeAt(talking))),
    stop: () => clearInterval(timer),
  };
}

function speak(talking: Talking, at: number): void {
  const { device, link } = talking;
  const { stepMs, phaseMs } = device;
  if (talking.dueAt > at) return;
  if (at - talking.dueAt > longestCatchUpMs)
    talking.dueAt = nextAfter(at - stepMs, stepMs, phaseMs);
  if (link.isIdle()) talking.safeAt = talking.saidAt;
  for (; talking.dueAt <= at; talking.dueAt += stepMs) {
    const message = device.message(talking.dueAt);
    if (message) link.push(device.topic, message);
    talking.saidAt = talking.dueAt;
  }
}

function safeAt(talking: Talking): number {
  if (talking.isOff || talking.link.isIdle()) talking.safeAt = talking.saidAt;
  return talking.safeAt;
}

function switchPower(talking: Talking, isOff: boolean): void {
  const { link, device } = talking;
  if (isOff === talking.isOff) return;
  talking.isOff = isOff;
  // The power of a gateway is not that of one of its slaves.
  if (device.login !== device.id) return;
  if (isOff) link.powerOff();
  else link.powerOn();
}
