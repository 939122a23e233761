import type { Text } from '../model/alert.ts';
import type { Severity } from '../model/entities.ts';
import type { AlertChange } from './alerts.ts';

/** What a person reads of a severity and of a change. */
export const severityWords: Readonly<Record<Severity, Text>> = {
  info: { zh: '提示', en: 'Info' },
  warning: { zh: '警告', en: 'Warning' },
  critical: { zh: '严重', en: 'Critical' },
};

export const changeWords: Readonly<Record<AlertChange, Text>> = {
  opened: { zh: '发生', en: 'opened' },
  amended: { zh: '更新', en: 'amended' },
  escalated: { zh: '升级', en: 'escalated' },
  cleared: { zh: '解除', en: 'cleared' },
  withdrawn: { zh: '撤销', en: 'withdrawn' },
  acknowledged: { zh: '已确认', en: 'acknowledged' },
  shelved: { zh: '搁置', en: 'shelved' },
  unshelved: { zh: '搁置到期', en: 'no longer shelved' },
  commented: { zh: '有备注', en: 'commented' },
  assigned: { zh: '已指派', en: 'assigned' },
  verdict: { zh: '已定性', en: 'judged' },
};
