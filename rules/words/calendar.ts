import type { Finding, Text } from '../../model/alert.ts';
import type { Institution } from '../../model/entities.ts';
import { startOfDay } from '../../model/time.ts';

/**
 * That a kind does not judge in a year whose calendar is not known: one note for each rule and institution, whichever of its vehicles meets it
 * first. It opens with the year and has the same words for all of them, so that the others change nothing.
 */
export function tellRefusal(
  change: Finding['change'],
  rule: { readonly kind: string; readonly title: Text },
  year: string,
  { id, name, timeZone }: Institution,
  at: number,
): Finding {
  const from = startOfDay(`${year}-01-01`, timeZone);
  return {
    change,
    subject: { type: 'institution', id },
    at: change === 'open' ? from : at,
    severity: 'info',
    summary: {
      zh: `${year} 年放假安排未导入：${name}的“${rule.title.zh}”停止判断，不作猜测`,
      en: `No holiday calendar for ${year}: "${rule.title.en}" is not judged for ${name}, rather than guessed`,
    },
    evidence: {
      from,
      to: from,
      flagged: [],
      observed: { year: Number(year), calendar: 'missing' },
      expected: { calendar: 'published' },
      method: {
        zh: '节假日与调休由国务院办公厅逐年通知；通知未导入前，周末也可能是调休工作日，因此本规则不判断。在日历中录入该年 1 月 1 日和 10 月 1 日等放假日及调休工作日后自动恢复。',
        en: 'Holidays and transfer workdays follow from a yearly notice; before it is entered even a Sunday may be a workday, so the rule does not judge. It goes on by itself once the year’s holidays (at least 1 January and 1 October) and transfer workdays are in the calendar.',
      },
      context: { rule: rule.kind },
      quality: { calendarMissing: true },
    },
  };
}
