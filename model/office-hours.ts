import type { OfficeHours } from './entities.ts';

/** Of institutions that say none. */
export const officeHoursDefault: OfficeHours = { from: '08:00', to: '18:00' };

/** `HH:MM` → minute of the day. */
export const minutesOf = (time: string): number => {
  const [hours = '0', minutes = '0'] = time.split(':');
  return Number(hours) * 60 + Number(minutes);
};
