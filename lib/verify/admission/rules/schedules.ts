import { textOf } from '../../read';
import type { Check } from '../check';

const FIELDS: readonly { readonly min: number; readonly max: number; readonly names?: readonly string[] }[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] },
  { min: 0, max: 6, names: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] },
];

/** When a CronJob runs. */
export const schedules: Check = {
  code: 'TARS6130',
  severity: 'error',
  refusedBy: 'server',
  title: 'not a cron schedule, or not a time zone',
  why: 'The server refuses the CronJob.',
  remedy: 'write five fields: minute, hour, day of month, month, day of week; the time zone goes into timeZone',
  on: {
    'batch/v1.CronJobSpec': ({ value, minor, say }) => {
      const schedule = textOf(value['schedule']);
      if (schedule !== undefined && schedule !== '') {
        const zone = /^(TZ|CRON_TZ)=/.test(schedule);
        if (zone && minor >= 29) say(['schedule'], 'the time zone has a field of its own', 'timeZone');
        else if (!isSchedule(schedule.replace(/^(TZ|CRON_TZ)=\S+ /, '')))
          say(['schedule'], 'not a cron schedule', 'five fields, or @hourly, @daily, @weekly, @monthly, @yearly');
      }
      const zone = textOf(value['timeZone']);
      if (zone !== undefined && !isTimeZone(zone))
        say(['timeZone'], 'not a time zone', 'a name of the IANA data base, e.g. Europe/Berlin');
    },
  },
};

function isSchedule(text: string): boolean {
  if (text.startsWith('@'))
    return /^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$|^@every (\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/.test(
      text,
    );
  const fields = text.split(/\s+/).filter((field) => field !== '');
  return fields.length === 5 && fields.every((field, index) => field.split(',').every((part) => isPart(part, index)));
}

/** `*`, `1`, `mon-fri`, each with a step behind it. */
function isPart(part: string, index: number): boolean {
  const bounds = FIELDS[index];
  const match = /^(\*|\?|\w+)(?:-(\w+))?(?:\/(\d+))?$/.exec(part);
  if (bounds === undefined || match === null) return false;
  const [, from = '', to, step] = match;
  if (step !== undefined && Number(step) === 0) return false;
  if (from === '*' || from === '?') return to === undefined;
  const [low, high] = [read(from, bounds), read(to ?? from, bounds)];
  return low !== undefined && high !== undefined && low >= bounds.min && high <= bounds.max && low <= high;
}

function read(text: string, { names = [], min }: (typeof FIELDS)[number]): number | undefined {
  const index = names.indexOf(text.toLowerCase());
  if (index >= 0) return index + min;
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

function isTimeZone(name: string): boolean {
  if (name === '' || /^local$/i.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
